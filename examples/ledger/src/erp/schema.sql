-- One base of the Gestion Commerciale. Table and column codes of Sage 100 stand in the comments.
--
-- Codes, keys and texts are TEXT. An empty text is '', a missing code is NULL. `modified` is an instant in UTC,
-- YYYY-MM-DDTHH:MM:SSZ; who changes an account, one of its addresses or one of its contacts by hand sets the
-- account's. `made_by` is the key a record was asked for under: a second creation with the same key finds the first.
-- A constraint is called what the ERP says when it refuses. Where case plays no part, it plays none in the letters of
-- ASCII.

CREATE TABLE base (
    id            INTEGER PRIMARY KEY CHECK (id = 1),
    name          TEXT NOT NULL,                 -- P_DOSSIER.D_RaisonSoc
    codification  INTEGER NOT NULL DEFAULT 0     -- whether accounts without a code are numbered
        CHECK (codification IN (0, 1))
) STRICT;

-- The last number given per prefix. Numbers are not given twice, also not after a deletion.
CREATE TABLE counters (
    prefix  TEXT PRIMARY KEY CHECK (prefix IN ('CLI', 'FOU', 'K')),
    last    INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE lists (                             -- P_CATCOMPTA, P_CATTARIF, P_LANGUE, P_SERVICECPTA
    name    TEXT NOT NULL
        CHECK (name IN ('accounting_categories', 'languages', 'price_categories', 'services')),
    place   INTEGER NOT NULL,
    value   TEXT NOT NULL,
    PRIMARY KEY (name, place)
) STRICT;

CREATE TABLE representatives (                   -- F_COLLABORATEUR
    code  TEXT PRIMARY KEY,                      -- CO_No
    name  TEXT NOT NULL DEFAULT ''               -- CO_Nom, CO_Prenom
) STRICT;

CREATE TABLE free_fields (                       -- cbSysLibre
    name  TEXT PRIMARY KEY,                      -- CB_Name
    type  TEXT NOT NULL CHECK (type IN ('amount', 'date', 'number', 'text'))    -- CB_Type
) STRICT;

CREATE TABLE accounts (                          -- F_COMPTET
    code                 TEXT PRIMARY KEY,                                      -- CT_Num
    modified             TEXT NOT NULL,                                         -- cbModification
    made_by              TEXT UNIQUE,
    origin               TEXT,                                                  -- the CRM account it was made from
    kind                 TEXT NOT NULL CHECK (kind IN ('customer', 'other', 'supplier')),   -- CT_Type
    title                TEXT NOT NULL,                                         -- CT_Intitule
    short_name           TEXT NOT NULL DEFAULT '',                              -- CT_Classement
    contact_name         TEXT NOT NULL DEFAULT '',                              -- CT_Contact
    website              TEXT NOT NULL DEFAULT '',                              -- CT_Site
    naf                  TEXT NOT NULL DEFAULT '',                              -- CT_Ape
    siret                TEXT NOT NULL DEFAULT '',                              -- CT_Siret
    currency             TEXT NOT NULL DEFAULT '',                              -- N_Devise
    accounting_category  TEXT NOT NULL DEFAULT '',                              -- N_CatCompta
    price_category       TEXT NOT NULL DEFAULT '',                              -- N_CatTarif
    language             TEXT NOT NULL DEFAULT '',                              -- CT_Langue
    phone                TEXT NOT NULL DEFAULT '',                              -- CT_Telephone
    fax                  TEXT NOT NULL DEFAULT '',                              -- CT_Telecopie
    email                TEXT NOT NULL DEFAULT '',                              -- CT_EMail
    collective_account   TEXT NOT NULL DEFAULT '',                              -- CG_NumPrinc
    payer                TEXT NOT NULL DEFAULT '',                              -- CT_NumPayeur
    payment_terms        TEXT NOT NULL DEFAULT '',                              -- F_REGLEMENTT
    risk_label           TEXT NOT NULL DEFAULT '',                              -- N_Risque
    risk_action          TEXT NOT NULL DEFAULT '',                              -- P_CRISQUE.R_Type
    dormant              INTEGER NOT NULL DEFAULT 0 CHECK (dormant IN (0, 1)),  -- CT_Sommeil
    representative       TEXT REFERENCES representatives (code),                -- CO_No
    turnover_n           TEXT NOT NULL DEFAULT '0',
    turnover_n_1         TEXT NOT NULL DEFAULT '0',
    billing_label        TEXT NOT NULL DEFAULT '',
    billing_street       TEXT NOT NULL DEFAULT '',                              -- CT_Adresse
    billing_complement   TEXT NOT NULL DEFAULT '',                              -- CT_Complement
    billing_postal_code  TEXT NOT NULL DEFAULT '',                              -- CT_CodePostal
    billing_city         TEXT NOT NULL DEFAULT '',                              -- CT_Ville
    billing_region       TEXT NOT NULL DEFAULT '',                              -- CT_CodeRegion
    CONSTRAINT "N° de compte invalide"
        CHECK (length(code) BETWEEN 1 AND 17 AND code NOT GLOB '*[^0-9A-Za-z]*'),
    CONSTRAINT "Intitulé obligatoire, 69 caractères au plus"
        CHECK (trim(title) <> '' AND length(title) <= 69),
    CONSTRAINT "Abrégé : 17 caractères au plus" CHECK (length(short_name) <= 17),
    CONSTRAINT "Siret : 14 chiffres"
        CHECK (siret = '' OR length(siret) = 14 AND siret NOT GLOB '*[^0-9]*'),
    CONSTRAINT "Code NAF : 7 caractères au plus" CHECK (length(naf) <= 7),
    CONSTRAINT "Devise inconnue" CHECK (currency = '' OR currency GLOB '[A-Z][A-Z][A-Z]'),
    CONSTRAINT "Téléphone : 21 caractères au plus" CHECK (length(phone) <= 21 AND length(fax) <= 21),
    CONSTRAINT "Code postal : 9 caractères au plus" CHECK (length(billing_postal_code) <= 9)
) STRICT;

CREATE UNIQUE INDEX account_numbers ON accounts (upper(code));

CREATE TABLE delivery_addresses (                -- F_LIVRAISON
    number       INTEGER PRIMARY KEY AUTOINCREMENT,                             -- LI_No: their order in an account
    made_by      TEXT UNIQUE,
    account      TEXT NOT NULL                                                  -- CT_Num
        REFERENCES accounts (code) ON UPDATE CASCADE ON DELETE CASCADE,
    label        TEXT NOT NULL COLLATE NOCASE,                                  -- LI_Intitule
    street       TEXT NOT NULL DEFAULT '',                                      -- LI_Adresse
    complement   TEXT NOT NULL DEFAULT '',                                      -- LI_Complement
    postal_code  TEXT NOT NULL DEFAULT '',                                      -- LI_CodePostal
    city         TEXT NOT NULL DEFAULT '',                                      -- LI_Ville
    region       TEXT NOT NULL DEFAULT '',                                      -- LI_CodeRegion
    CONSTRAINT "Intitulé d'adresse invalide" CHECK (trim(label) <> '' AND length(label) <= 69),
    CONSTRAINT "Code postal : 9 caractères au plus" CHECK (length(postal_code) <= 9),
    UNIQUE (account, label)
) STRICT;

CREATE TABLE contacts (                          -- F_CONTACTT
    number      INTEGER PRIMARY KEY AUTOINCREMENT,                              -- CT_No; K1, K2, ... to the CRM
    made_by     TEXT UNIQUE,
    origin      TEXT,                                                           -- the CRM contact it was made from
    account     TEXT NOT NULL                                                   -- CT_Num
        REFERENCES accounts (code) ON UPDATE CASCADE ON DELETE CASCADE,
    last_name   TEXT NOT NULL DEFAULT '',                                       -- CT_Nom
    first_name  TEXT NOT NULL DEFAULT '',                                       -- CT_Prenom
    function    TEXT NOT NULL DEFAULT '',                                       -- CT_Fonction
    service     TEXT NOT NULL DEFAULT '',                                       -- N_Service
    phone       TEXT NOT NULL DEFAULT '',                                       -- CT_Telephone
    fax         TEXT NOT NULL DEFAULT '',                                       -- CT_Telecopie
    mobile      TEXT NOT NULL DEFAULT '',                                       -- CT_TelPortable
    email       TEXT NOT NULL DEFAULT '',                                       -- CT_EMail
    CONSTRAINT "Nom du contact obligatoire, 35 caractères au plus"
        CHECK (trim(last_name) <> '' AND length(last_name) <= 35),
    CONSTRAINT "Téléphone : 21 caractères au plus"
        CHECK (length(phone) <= 21 AND length(fax) <= 21 AND length(mobile) <= 21)
) STRICT;

CREATE INDEX contacts_of_accounts ON contacts (account);

CREATE TABLE free_values (                       -- the columns that cbSysLibre adds to F_COMPTET
    account  TEXT NOT NULL
        REFERENCES accounts (code) ON UPDATE CASCADE ON DELETE CASCADE,
    field    TEXT NOT NULL REFERENCES free_fields (name) ON DELETE CASCADE,
    value    TEXT NOT NULL,
    PRIMARY KEY (account, field)
) STRICT;

-- The billing address of a new account is a delivery address too; from then on both live independently (B9.2).
CREATE TRIGGER billing_delivers AFTER INSERT ON accounts
WHEN trim(NEW.billing_street || NEW.billing_complement || NEW.billing_postal_code || NEW.billing_city
    || NEW.billing_region) <> ''
BEGIN
    INSERT INTO delivery_addresses (account, label, street, complement, postal_code, city, region)
    VALUES (
        NEW.code,
        CASE WHEN trim(NEW.billing_label) = '' THEN NEW.title ELSE NEW.billing_label END,
        NEW.billing_street, NEW.billing_complement, NEW.billing_postal_code, NEW.billing_city,
        NEW.billing_region
    );
END;

-- What is gone, for who lists changes only: the product keeps a mark of what was deleted.
CREATE TABLE removed (
    id  TEXT PRIMARY KEY,
    at  TEXT NOT NULL
) STRICT;

CREATE TRIGGER accounts_removed BEFORE DELETE ON accounts
BEGIN
    INSERT OR REPLACE INTO removed (id, at) VALUES (OLD.code, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'));
END;
