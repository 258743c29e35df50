//! What firms, people and places are called in northern France, Belgium and the west of Germany.

use std::collections::BTreeSet;

use counterpart::model::Text;

use super::Firm;
use super::dice::Dice;

/// Where a firm is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Country {
    Belgium,
    France,
    Germany,
}

/// A town.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) country: Country,
    pub(crate) postal_code: &'static str,
    pub(crate) city: &'static str,
    pub(crate) region: &'static str,
}

/// What a firm does, and how such firms are called: `{}` is a family name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Trade {
    country: Country,
    form: &'static str,
    /// The activity code of the French register.
    pub(crate) naf: &'static str,
}

const fn place(
    country: Country,
    postal_code: &'static str,
    city: &'static str,
    region: &'static str,
) -> Place {
    Place { country, postal_code, city, region }
}

const fn trade(country: Country, form: &'static str, naf: &'static str) -> Trade {
    Trade { country, form, naf }
}

use Country::{Belgium, France, Germany};

static PLACES: [Place; 26] = [
    place(France, "59000", "Lille", "Nord"),
    place(France, "59100", "Roubaix", "Nord"),
    place(France, "59200", "Tourcoing", "Nord"),
    place(France, "59300", "Valenciennes", "Nord"),
    place(France, "59500", "Douai", "Nord"),
    place(France, "62000", "Arras", "Pas-de-Calais"),
    place(France, "62100", "Calais", "Pas-de-Calais"),
    place(France, "62300", "Lens", "Pas-de-Calais"),
    place(France, "80000", "Amiens", "Somme"),
    place(France, "02100", "Saint-Quentin", "Aisne"),
    place(France, "60000", "Beauvais", "Oise"),
    place(France, "51100", "Reims", "Marne"),
    place(France, "76600", "Le Havre", "Seine-Maritime"),
    place(Belgium, "1000", "Bruxelles", "Bruxelles-Capitale"),
    place(Belgium, "4000", "Liège", "Liège"),
    place(Belgium, "5000", "Namur", "Namur"),
    place(Belgium, "7000", "Mons", "Hainaut"),
    place(Belgium, "7500", "Tournai", "Hainaut"),
    place(Belgium, "8500", "Kortrijk", "West-Vlaanderen"),
    place(Belgium, "9000", "Gent", "Oost-Vlaanderen"),
    place(Belgium, "2000", "Antwerpen", "Antwerpen"),
    place(Germany, "50667", "Köln", "Nordrhein-Westfalen"),
    place(Germany, "52062", "Aachen", "Nordrhein-Westfalen"),
    place(Germany, "40213", "Düsseldorf", "Nordrhein-Westfalen"),
    place(Germany, "44135", "Dortmund", "Nordrhein-Westfalen"),
    place(Germany, "54290", "Trier", "Rheinland-Pfalz"),
];

static TRADES: [Trade; 30] = [
    trade(France, "Papeterie {}", "4762Z"),
    trade(France, "Librairie {}", "4761Z"),
    trade(France, "Imprimerie {}", "1812Z"),
    trade(France, "Boulangerie {}", "1071C"),
    trade(France, "Menuiserie {} et Fils", "4332A"),
    trade(France, "Garage {}", "4520A"),
    trade(France, "Cabinet {}", "6920Z"),
    trade(France, "Transports {}", "4941A"),
    trade(France, "Ets {} Frères", "4690Z"),
    trade(France, "Fromagerie {}", "1051C"),
    trade(France, "Brasserie {}", "1105Z"),
    trade(France, "Clinique vétérinaire {}", "7500Z"),
    trade(France, "Atelier {}", "7410Z"),
    trade(France, "SARL {} Distribution", "4619B"),
    trade(France, "École {}", "8520Z"),
    trade(Belgium, "Papeterie {} SRL", ""),
    trade(Belgium, "Drukkerij {} NV", ""),
    trade(Belgium, "Kantoor {} BV", ""),
    trade(Belgium, "Chocolaterie {} SA", ""),
    trade(Belgium, "Brouwerij {} NV", ""),
    trade(Belgium, "Garage {} SRL", ""),
    trade(Belgium, "Etablissements {} SA", ""),
    trade(Belgium, "Boekhandel {}", ""),
    trade(Germany, "{} Bürobedarf GmbH", ""),
    trade(Germany, "Druckerei {} KG", ""),
    trade(Germany, "Bäckerei {}", ""),
    trade(Germany, "{} & Söhne OHG", ""),
    trade(Germany, "{} Maschinenbau GmbH", ""),
    trade(Germany, "Buchhandlung {}", ""),
    trade(Germany, "Spedition {} GmbH", ""),
];

const FRENCH: [&str; 36] = [
    "Lefebvre",
    "Delattre",
    "Dubois",
    "Leroy",
    "Carpentier",
    "Vasseur",
    "Caron",
    "Deschamps",
    "Fournier",
    "Lecomte",
    "Marchand",
    "Renard",
    "Bouchard",
    "Girard",
    "Hénaut",
    "Dumoulin",
    "Thévenin",
    "Besson",
    "Picard",
    "Wattel",
    "Lemoine",
    "Charpin",
    "Noël",
    "Pruvost",
    "Rigaux",
    "Sénéchal",
    "Tellier",
    "Vermersch",
    "Boulanger",
    "Courtois",
    "D'Halluin",
    "Flament",
    "Gosselin",
    "Hermant",
    "Jacquart",
    "Legrand",
];

const BELGIAN: [&str; 24] = [
    "Janssens",
    "Peeters",
    "Maes",
    "Claes",
    "Wouters",
    "De Smet",
    "Van Damme",
    "Vandenberghe",
    "Goossens",
    "Dupont",
    "Lambert",
    "Simon",
    "Declercq",
    "De Wilde",
    "Verhoeven",
    "Mertens",
    "Hubert",
    "Leclercq",
    "Dewael",
    "Van Acker",
    "Bogaert",
    "Collignon",
    "Desmet",
    "Thys",
];

const GERMAN: [&str; 22] = [
    "Müller",
    "Schröder",
    "Weber",
    "Becker",
    "Schäfer",
    "Krüger",
    "Hoffmann",
    "Koch",
    "Jäger",
    "Lohmann",
    "Vogel",
    "Brandt",
    "Pohl",
    "Ziegler",
    "Kühn",
    "Engels",
    "Breuer",
    "Esser",
    "Heinen",
    "Junkers",
    "Kremer",
    "Thelen",
];

const FRENCH_FIRST: [&str; 16] = [
    "Camille",
    "Julien",
    "Élodie",
    "Mathieu",
    "Sophie",
    "Antoine",
    "Nadia",
    "Pierre",
    "Chloé",
    "François",
    "Hélène",
    "Romain",
    "Isabelle",
    "Karim",
    "Aurélie",
    "Gérard",
];

const BELGIAN_FIRST: [&str; 12] = [
    "Bart", "Annelies", "Koen", "Lieve", "Thierry", "Joëlle", "Pieter", "Griet", "Benoît",
    "Nathalie", "Dirk", "Marleen",
];

const GERMAN_FIRST: [&str; 12] = [
    "Jürgen", "Petra", "Stefan", "Anke", "Uwe", "Birgit", "Lukas", "Jana", "Matthias", "Heike",
    "Björn", "Sabine",
];

const FRENCH_STREETS: [&str; 12] = [
    "rue de la Gare",
    "rue Nationale",
    "avenue Jean-Jaurès",
    "place du Marché",
    "rue des Tanneurs",
    "boulevard Victor-Hugo",
    "rue du Moulin",
    "rue de l'Église",
    "quai du Wault",
    "rue Pasteur",
    "allée des Tilleuls",
    "chemin du Halage",
];

const BELGIAN_STREETS: [&str; 10] = [
    "rue Haute",
    "Stationsstraat",
    "chaussée de Bruxelles",
    "Grote Markt",
    "Kerkstraat",
    "rue du Pont",
    "Nieuwstraat",
    "avenue Louise",
    "Molenweg",
    "rue des Carmes",
];

const GERMAN_STREETS: [&str; 10] = [
    "Bahnhofstraße",
    "Hauptstraße",
    "Am Markt",
    "Schillerstraße",
    "Lindenweg",
    "Domplatz",
    "Industriestraße",
    "Mühlengasse",
    "Rheinufer",
    "Kölner Straße",
];

pub(super) const COMPLEMENTS: [&str; 6] =
    ["Bâtiment B", "1er étage", "Zone industrielle", "Cour intérieure", "Quai 4", "Boîte 12"];

pub(super) const FUNCTIONS: [(&str, &str); 6] = [
    ("Achats", "Achats"),
    ("Comptable", "Comptabilité"),
    ("Responsable des achats", "Achats"),
    ("Assistance commerciale", "Commercial"),
    ("Réception des marchandises", "Logistique"),
    ("Direction générale", "Direction"),
];

pub(super) const TERMS: [&str; 5] =
    ["30 jours net", "30 jours fin de mois", "45 jours fin de mois", "60 jours net", "Comptant"];

pub(super) const RISKS: [(&str, &str); 5] = [
    ("Sans risque", "Livraison"),
    ("Sans risque", "Livraison"),
    ("Sans risque", "Livraison"),
    ("À surveiller", "Surveillance"),
    ("Bloqué", "Blocage"),
];

pub(super) const ROUNDS: [&str; 5] = ["Nord", "Sud", "Littoral", "Belgique", "Express"];

pub(super) const OTHERS: [&str; 5] = [
    "Salaires à payer",
    "Notes de frais",
    "Banque du Nord",
    "Caisse",
    "Associés, comptes courants",
];

/// An entry of a list as a text.
pub(super) fn entry(list: &[String], place: usize) -> Text {
    list.get(place).map(|entry| Text::from(entry.as_str())).unwrap_or_default()
}

impl Country {
    /// The place of its language in the ERP's list.
    pub(super) const fn language(self) -> usize {
        match self {
            Belgium => 1,
            France => 0,
            Germany => 2,
        }
    }

    /// Who looks after its customers.
    pub(super) fn representative(self, dice: &mut Dice) -> &'static str {
        match self {
            Belgium => "2",
            France => dice.of(&["1", "4", "5", "6"]),
            Germany => "3",
        }
    }

    /// A telephone number of the ranges that are given to nobody; Belgium keeps none.
    pub(super) fn phone(self, dice: &mut Dice) -> String {
        let (one, two) = (dice.below(100), dice.below(100));
        match self {
            Belgium => format!("+32 2 555 {one:02} {two:02}"),
            France => format!("03 53 01 {one:02} {two:02}"),
            Germany => format!("+49 221 4710 {:03}", dice.below(1000)),
        }
    }

    /// The same for mobile telephones.
    pub(super) fn mobile(self, dice: &mut Dice) -> String {
        let (one, two) = (dice.below(100), dice.below(100));
        match self {
            Belgium => format!("+32 470 00 {one:02} {two:02}"),
            France => format!("06 39 98 {one:02} {two:02}"),
            Germany => format!("+49 152 28817 {:03}", dice.below(1000)),
        }
    }

    /// A street with a number, as the country writes it.
    pub(super) fn street(self, dice: &mut Dice) -> String {
        let number = 1 + dice.below(180);
        match self {
            Belgium => format!("{} {number}", dice.of(&BELGIAN_STREETS)),
            France => format!("{number} {}", dice.of(&FRENCH_STREETS)),
            Germany => format!("{} {number}", dice.of(&GERMAN_STREETS)),
        }
    }

    fn surname(self, dice: &mut Dice) -> &'static str {
        match self {
            Belgium => dice.of(&BELGIAN),
            France => dice.of(&FRENCH),
            Germany => dice.of(&GERMAN),
        }
    }

    /// A first and a last name.
    pub(super) fn person(self, dice: &mut Dice) -> (&'static str, &'static str) {
        let first = match self {
            Belgium => dice.of(&BELGIAN_FIRST),
            France => dice.of(&FRENCH_FIRST),
            Germany => dice.of(&GERMAN_FIRST),
        };
        (first, self.surname(dice))
    }
}

/// A text in small letters of the alphabet, digits, dots and hyphens: for addresses and codes.
pub(super) fn plain(text: &str) -> String {
    let spelled = text.chars().flat_map(char::to_lowercase).map(|one| match one {
        'à' | 'â' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'î' | 'ï' => 'i',
        'ô' | 'ö' => 'o',
        'û' | 'ü' | 'ù' => 'u',
        'ç' => 'c',
        ' ' => '-',
        other => other,
    });
    let kept = |one: &char| one.is_ascii_alphanumeric() || matches!(one, '.' | '-');
    spelled.filter(kept).collect()
}

/// Firms without end, of which no two have the same name.
pub(super) struct Firms {
    dice: Dice,
    names: BTreeSet<String>,
    codes: BTreeSet<String>,
}

/// The firms of a seed.
pub(super) const fn firms(seed: u64) -> Firms {
    Firms { dice: Dice::new(seed), names: BTreeSet::new(), codes: BTreeSet::new() }
}

impl Iterator for Firms {
    type Item = Firm;

    fn next(&mut self) -> Option<Firm> {
        loop {
            let trade = self.dice.of(&TRADES);
            let surname = trade.country.surname(&mut self.dice);
            let name = trade.form.replace("{}", surname);
            if !self.names.insert(name.clone()) {
                continue;
            }
            let here: Vec<&'static Place> =
                PLACES.iter().filter(|one| one.country == trade.country).collect();
            let place = here.get(self.dice.below(here.len() as u64)).copied()?;
            let slug = plain(&name).replace('.', "");
            let stem: String = plain(surname)
                .to_uppercase()
                .chars()
                .filter(char::is_ascii_alphabetic)
                .take(6)
                .collect();
            let mut codes = (1..).map(|number| format!("{stem}{number:02}"));
            let code = codes.find(|code| !self.codes.contains(code))?;
            self.codes.insert(code.clone());
            return Some(Firm {
                short: surname.to_uppercase().chars().take(17).collect(),
                domain: format!("{slug}.example"),
                name,
                code,
                trade,
                place,
            });
        }
    }
}
