//! A tour of what a host can show: an ERP and a CRM, step by step.
//!
//! Every step does what people would do in either system, runs, and tells what came of it. The tour has a clock of
//! its own, so that it is the same at any time.

use std::path::Path;

use chrono::{DateTime, TimeDelta};
use counterpart::model::Instant;
use counterpart::profiles::sage100::{Request, RunOptions};
use counterpart::report::Language;
use groundwork::cells::instant;
use groundwork::one_line;
use groundwork::told::Told;
use groundwork::tour::{Step, cleared, play};
use rusqlite::{Connection, Params};

use crate::demo;
use crate::integration::Integration;
use crate::run::{Order, carry_out, run};
use crate::seed::Size;

/// When the tour begins: 2026-01-13T08:00:00Z.
const BEGIN: i64 = 1_768_291_200;
/// A customer whom both sides edit.
pub const EDITED: &str = "CLEFEBV01";
/// A customer who gets two telephone numbers at once.
pub const DISPUTED: &str = "CMERTEN01";
/// A prospect who becomes a customer.
pub const WON: &str = "COM1";
/// A prospect whose postal code the ERP does not take.
pub const MISTYPED: &str = "COM2";
/// A customer who is taken over by another company.
pub const TAKEN_OVER: &str = "CKREMER01";
/// The company that takes him over.
pub const BUYER: &str = "COM3";

/// A tour in progress. The steps are meant to be taken in their order.
#[derive(Clone, Debug)]
pub struct Tour {
    /// Where its files lie.
    pub integration: Integration,
    language: Language,
    now: Instant,
}

impl Tour {
    /// Seeds a fresh ERP and CRM in a directory; what an earlier tour left there goes.
    ///
    /// # Errors
    /// The directory cannot be written, as one line.
    pub fn begin(directory: &Path, language: Language) -> Result<Self, String> {
        cleared(directory)?;
        let integration = demo::prepare(directory, Size::TOUR).map_err(one_line)?;
        let now = DateTime::from_timestamp(BEGIN, 0).unwrap_or_default();
        Ok(Self { integration, language, now })
    }

    /// Takes every step.
    ///
    /// # Errors
    /// A step could not be taken, as one line.
    pub fn play(&mut self) -> Result<Vec<String>, String> {
        let steps: [Step<Self>; 7] = [
            Self::first_run,
            Self::daily_run,
            Self::account_on_request,
            Self::refused_record,
            Self::reassignment,
            Self::edit_during_a_run,
            Self::nothing_to_do,
        ];
        play(self, &steps)
    }

    /// Everything of the ERP comes to the CRM, and nothing goes back (B3.3).
    ///
    /// # Errors
    /// A run could not be done, as one line.
    pub fn first_run(&mut self) -> Result<Vec<String>, String> {
        let mut told = self.step(
            "1. First run: the ERP's customers and suppliers come to the CRM; then once more",
            "1. Première synchronisation : clients et fournisseurs arrivent dans le CRM ; puis une seconde",
        );
        self.turn(&mut told, &[])?;
        self.turn(&mut told, &[])?;
        Ok(told.lines)
    }

    /// Edits on both sides are brought together field by field; where both changed the same field the ERP wins, and
    /// the CRM's value is recorded (E2).
    ///
    /// # Errors
    /// A file or a run failed, as one line.
    pub fn daily_run(&mut self) -> Result<Vec<String>, String> {
        let mut told = self.step(
            "2. A day's work on both sides: other payment terms, a new web site, an added address, and one \
             telephone number that each side changed otherwise",
            "2. Une journée des deux côtés : conditions de paiement, site web, adresse ajoutée, et un téléphone \
             que chaque côté a changé à sa façon",
        );
        self.in_erp(
            EDITED,
            "UPDATE accounts SET payment_terms = '45 jours fin de mois' WHERE code = ?1",
        )?;
        let company = self.company_of(EDITED)?;
        self.in_crm(&company, "UPDATE companies SET website = 'www.ecole.example' WHERE id = ?1")?;
        self.in_crm(
            &company,
            "INSERT INTO addresses (id, company, kind, street, postal_code, city)
             VALUES ('ADR900', ?1, 'delivery', '3 quai du Wault', '59000', 'Lille')",
        )?;
        self.in_erp(DISPUTED, "UPDATE accounts SET phone = '+32 2 555 10 10' WHERE code = ?1")?;
        let company = self.company_of(DISPUTED)?;
        self.in_crm(&company, "UPDATE companies SET phone = '+32 2 555 20 20' WHERE id = ?1")?;
        self.turn(&mut told, &[])?;
        Ok(told.lines)
    }

    /// A company gets an account in the ERP when a user asks for it and types its code (B6, B5.3). The ERP delivers to
    /// the billing address too, which the next run brings (B9.2).
    ///
    /// # Errors
    /// A file or a run failed, as one line.
    pub fn account_on_request(&mut self) -> Result<Vec<String>, String> {
        let mut told = self.step(
            "3. A prospect becomes a customer: --ask create-account=COM1, first without a code, then with one",
            "3. Un prospect devient client : --ask create-account=COM1, d'abord sans code, puis avec un code",
        );
        let ask = Request::CreateAccount(WON.to_owned());
        self.turn(&mut told, std::slice::from_ref(&ask))?;
        self.in_crm(WON, "UPDATE companies SET account_code = 'won2026' WHERE id = ?1")?;
        self.turn(&mut told, &[ask])?;
        self.turn(&mut told, &[])?;
        Ok(told.lines)
    }

    /// What the ERP refuses stays in the error set with all that belongs to it, is tried again in every run, and can be
    /// taken out of the flow until it is put right (B14).
    ///
    /// # Errors
    /// A file or a run failed, as one line.
    pub fn refused_record(&mut self) -> Result<Vec<String>, String> {
        let mut told = self.step(
            "4. The ERP refuses an account; it is tried again, put into quarantine, put right, and reactivated",
            "4. La Gestion Commerciale refuse un tiers ; nouvel essai, arrêt de sa synchronisation, correction, \
             réactivation",
        );
        self.in_crm(MISTYPED, "UPDATE companies SET account_code = 'MIST2026' WHERE id = ?1")?;
        let postal_code = "UPDATE addresses SET postal_code = 'B-7000 Mons' WHERE company = ?1";
        self.in_crm(MISTYPED, postal_code)?;
        self.turn(&mut told, &[Request::CreateAccount(MISTYPED.to_owned())])?;
        self.turn(&mut told, &[])?;
        self.turn(&mut told, &[Request::Quarantine(MISTYPED.to_owned())])?;
        let postal_code = "UPDATE addresses SET postal_code = '7000' WHERE company = ?1";
        self.in_crm(MISTYPED, postal_code)?;
        self.turn(&mut told, &[])?;
        self.turn(&mut told, &[Request::Reactivate(MISTYPED.to_owned())])?;
        self.turn(&mut told, &[])?;
        Ok(told.lines)
    }

    /// The account of one company goes to another one, which takes its data and gets its addresses and contacts; the
    /// company that lost it is deleted (B11.4).
    ///
    /// # Errors
    /// A file or a run failed, as one line.
    pub fn reassignment(&mut self) -> Result<Vec<String>, String> {
        let from = self.company_of(TAKEN_OVER)?;
        let mut told = self.step(
            &format!("5. A customer is taken over: --ask reassign={from},{BUYER}"),
            &format!("5. Un client est repris : --ask reassign={from},{BUYER}"),
        );
        self.turn(&mut told, &[Request::Reassign { from, to: BUYER.to_owned() }])?;
        self.turn(&mut told, &[])?;
        Ok(told.lines)
    }

    /// Somebody edits a record of the ERP between the listing and the write: the write is stale, and is planned again
    /// in the same run (D22).
    ///
    /// # Errors
    /// A file or a run failed, as one line.
    pub fn edit_during_a_run(&mut self) -> Result<Vec<String>, String> {
        let mut told = self.step(
            "6. An account is edited in the ERP while a run that writes it is under way",
            "6. Un tiers est modifié dans la Gestion Commerciale pendant la synchronisation qui l'écrit",
        );
        let company = self.company_of(EDITED)?;
        self.in_crm(&company, "UPDATE companies SET website = 'www.lycee.example' WHERE id = ?1")?;
        let sides = self.integration.open()?;
        self.in_erp(EDITED, "UPDATE accounts SET fax = '03 53 01 99 99' WHERE code = ?1")?;
        let order = Order::plain(RunOptions::at(self.tick()));
        carry_out(sides, &order, &mut told)?;
        Ok(told.lines)
    }

    /// One more run, and there is nothing to do.
    ///
    /// # Errors
    /// A run could not be done, as one line.
    pub fn nothing_to_do(&mut self) -> Result<Vec<String>, String> {
        let mut told = self
            .step("7. Once more, and there is nothing to do", "7. Encore une fois : rien à faire");
        self.turn(&mut told, &[])?;
        Ok(told.lines)
    }

    fn step(&self, en: &str, fr: &str) -> Told {
        Told::step(self.language, en, fr)
    }

    /// A run, with what users ask for.
    fn turn(&mut self, told: &mut Told, requests: &[Request]) -> Result<(), String> {
        let order =
            Order { requests: requests.to_vec(), ..Order::plain(RunOptions::at(self.tick())) };
        run(&self.integration, &order, told)?;
        if told.failed {
            return Err("a run of the tour stopped before its end".to_owned());
        }
        Ok(())
    }

    /// Half an hour later.
    fn tick(&mut self) -> Instant {
        self.now += TimeDelta::minutes(30);
        self.now
    }

    /// The company of an ERP account's code.
    ///
    /// # Errors
    /// There is none, or the CRM cannot be read, as one line.
    pub fn company_of(&self, code: &str) -> Result<String, String> {
        let crm = Connection::open(&self.integration.crm).map_err(one_line)?;
        let sql = "SELECT company FROM accounts WHERE code = ?1 AND company IS NOT NULL";
        crm.query_row(sql, [code], |row| row.get(0)).map_err(one_line)
    }

    /// Edits an account of the ERP, or what belongs to it, as a person does.
    fn in_erp(&mut self, code: &str, sql: &str) -> Result<(), String> {
        let stamp = "UPDATE accounts SET modified = ?2 WHERE code = ?1";
        let now = instant(self.tick());
        edit(&self.integration.erp, &[(sql, &[code]), (stamp, &[code, &now])])
    }

    /// The same for a company of the CRM.
    fn in_crm(&mut self, company: &str, sql: &str) -> Result<(), String> {
        let stamp = "UPDATE companies SET modified = ?2 WHERE id = ?1";
        let now = instant(self.tick());
        edit(&self.integration.crm, &[(sql, &[company]), (stamp, &[company, &now])])
    }
}

/// Changes rows; each statement finds one.
fn edit(file: &Path, statements: &[(&str, &[&str])]) -> Result<(), String> {
    let connection = Connection::open(file).map_err(one_line)?;
    for (sql, params) in statements {
        let params = rusqlite::params_from_iter(params.iter());
        change(&connection, sql, params)?;
    }
    Ok(())
}

fn change(connection: &Connection, sql: &str, params: impl Params) -> Result<(), String> {
    match connection.execute(sql, params).map_err(one_line)? {
        0 => Err("the tour's own files have been changed".to_owned()),
        _ => Ok(()),
    }
}
