-- One base of Sage 100c CRM. Column codes of the product stand in the comments.
--
-- Codes, keys and texts are TEXT. An empty text is '', a missing code or key is NULL. `modified` is an instant in UTC,
-- YYYY-MM-DDTHH:MM:SSZ; who changes a company, or an address or contact that stands with it, by hand sets the
-- company's. `made_by` is the key a record was asked for under: a second creation with the same key finds the first.

-- The parameters of the integration, by their names in `counterpart::profiles::sage100::Parameters`, as JSON. One that
-- is not here has its default.
CREATE TABLE parameters (
    name   TEXT PRIMARY KEY,
    value  TEXT NOT NULL CHECK (json_valid(value))
) STRICT;

-- What a side said of each write that it refused and has not taken since: the record as JSON.
CREATE TABLE refusals (
    record   TEXT PRIMARY KEY CHECK (json_valid(record)),
    message  TEXT NOT NULL
) STRICT;

-- The last number given per prefix. Numbers are not given twice, also not after a deletion.
CREATE TABLE counters (
    prefix  TEXT PRIMARY KEY CHECK (prefix IN ('', 'ADR', 'COM', 'CON')),
    last    INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE users (
    code            TEXT PRIMARY KEY,
    name            TEXT NOT NULL DEFAULT '',
    representative  TEXT                         -- linked by hand (B4.19); the ERP may not have sent him yet
) STRICT;

CREATE TABLE representatives (                   -- Représentant
    code  TEXT PRIMARY KEY,
    name  TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE lists (                             -- ParamSage100
    name    TEXT NOT NULL
        CHECK (name IN ('accounting_categories', 'languages', 'price_categories', 'services')),
    place   INTEGER NOT NULL,
    value   TEXT NOT NULL,
    PRIMARY KEY (name, place)
) STRICT;

CREATE TABLE free_fields (
    name        TEXT PRIMARY KEY,
    type        TEXT NOT NULL CHECK (type IN ('amount', 'date', 'number', 'text')),
    replicated  INTEGER NOT NULL DEFAULT 1 CHECK (replicated IN (0, 1))
) STRICT;

CREATE TABLE companies (                         -- Société
    id                   TEXT PRIMARY KEY,                                      -- comp_companyid
    modified             TEXT NOT NULL,                                         -- comp_updateddate
    made_by              TEXT UNIQUE,
    integration          TEXT,
    name                 TEXT NOT NULL CHECK (trim(name) <> ''),                -- comp_name
    short_name           TEXT NOT NULL DEFAULT '',
    main_contact         TEXT NOT NULL DEFAULT '',                              -- comp_rep_contactprincipal
    website              TEXT NOT NULL DEFAULT '',                              -- comp_website
    naf                  TEXT NOT NULL DEFAULT '',
    siret                TEXT NOT NULL DEFAULT '',
    account_code         TEXT NOT NULL DEFAULT '[ATTENTE]',
    currency             TEXT NOT NULL DEFAULT '',
    accounting_category  TEXT NOT NULL DEFAULT '',
    price_category       TEXT NOT NULL DEFAULT '',
    language             TEXT NOT NULL DEFAULT '',
    company_type         TEXT NOT NULL DEFAULT 'Prospect',                      -- comp_type
    territory            TEXT NOT NULL DEFAULT '',                              -- comp_secterr
    phone                TEXT NOT NULL DEFAULT '',                              -- Standard
    fax                  TEXT NOT NULL DEFAULT '',
    email                TEXT NOT NULL DEFAULT '',                              -- Information
    status               TEXT NOT NULL DEFAULT 'active'                         -- comp_status
        CHECK (status IN ('active', 'inactive')),
    manager              TEXT REFERENCES users (code),                          -- comp_primaryuserid
    generic_account      TEXT,
    collective_account   TEXT NOT NULL DEFAULT '',
    payer                TEXT NOT NULL DEFAULT '',
    payment_terms        TEXT NOT NULL DEFAULT '',
    risk_label           TEXT NOT NULL DEFAULT '',
    risk_action          TEXT NOT NULL DEFAULT '',
    turnover_n           TEXT NOT NULL DEFAULT '0',
    turnover_n_1         TEXT NOT NULL DEFAULT '0'
) STRICT;

CREATE TABLE accounts (                          -- Tiers CRM
    id                   TEXT PRIMARY KEY,                                      -- acc_accountid
    modified             TEXT NOT NULL,
    made_by              TEXT UNIQUE,
    integration          TEXT,
    origin               TEXT,                                                  -- the ERP account it was made from
    kind                 TEXT NOT NULL CHECK (kind IN ('customer', 'supplier')),
    code                 TEXT NOT NULL DEFAULT '',                              -- Code comptable
    title                TEXT NOT NULL DEFAULT '',                              -- acc_name
    short_name           TEXT NOT NULL DEFAULT '',
    main_contact         TEXT NOT NULL DEFAULT '',                              -- acc_rep_contactprincipal
    website              TEXT NOT NULL DEFAULT '',
    naf                  TEXT NOT NULL DEFAULT '',
    siret                TEXT NOT NULL DEFAULT '',
    currency             TEXT NOT NULL DEFAULT '',
    accounting_category  TEXT NOT NULL DEFAULT '',
    price_category       TEXT NOT NULL DEFAULT '',
    language             TEXT NOT NULL DEFAULT '',
    territory            TEXT NOT NULL DEFAULT '',
    phone                TEXT NOT NULL DEFAULT '',
    fax                  TEXT NOT NULL DEFAULT '',
    email                TEXT NOT NULL DEFAULT '',
    status               TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'inactive')),
    principal            INTEGER NOT NULL DEFAULT 1 CHECK (principal IN (0, 1)),
    company              TEXT REFERENCES companies (id) ON DELETE SET NULL,     -- acc_primarycompanyid
    detached             INTEGER NOT NULL DEFAULT 0 CHECK (detached IN (0, 1)),
    pending              INTEGER NOT NULL DEFAULT 0 CHECK (pending IN (0, 1)),
    representative       TEXT,
    collective_account   TEXT NOT NULL DEFAULT '',
    payer                TEXT NOT NULL DEFAULT '',
    payment_terms        TEXT NOT NULL DEFAULT '',
    risk_label           TEXT NOT NULL DEFAULT '',
    risk_action          TEXT NOT NULL DEFAULT '',
    turnover_n           TEXT NOT NULL DEFAULT '0',
    turnover_n_1         TEXT NOT NULL DEFAULT '0'
) STRICT;

-- The join of a company and its principal account stands with the account (B1.3).
CREATE UNIQUE INDEX principal_accounts ON accounts (company) WHERE principal = 1;

-- Addresses and contacts stand with the company of a principal account, else with the account.
CREATE TABLE addresses (
    id           TEXT PRIMARY KEY,                                              -- addr_addressid
    made_by      TEXT UNIQUE,
    company      TEXT REFERENCES companies (id) ON DELETE CASCADE,
    account      TEXT REFERENCES accounts (id) ON DELETE CASCADE,
    kind         TEXT CHECK (kind IN ('billing', 'delivery')),                  -- Facturation, Expédition
    label        TEXT NOT NULL DEFAULT '',
    street       TEXT NOT NULL DEFAULT '',                                      -- addr_address1
    complement   TEXT NOT NULL DEFAULT '',                                      -- addr_address2
    postal_code  TEXT NOT NULL DEFAULT '',                                      -- addr_postcode
    city         TEXT NOT NULL DEFAULT '',                                      -- addr_city
    region       TEXT NOT NULL DEFAULT '',                                      -- addr_state
    CHECK ((company IS NULL) <> (account IS NULL))
) STRICT;

CREATE INDEX addresses_of_companies ON addresses (company);
CREATE INDEX addresses_of_accounts ON addresses (account);

CREATE TABLE contacts (
    id               TEXT PRIMARY KEY,                                          -- pers_personid
    made_by          TEXT UNIQUE,
    company          TEXT REFERENCES companies (id) ON DELETE CASCADE,
    account          TEXT REFERENCES accounts (id) ON DELETE CASCADE,
    origin           TEXT,                                                      -- the ERP contact it was made from
    last_name        TEXT NOT NULL DEFAULT '',                                  -- pers_lastname
    first_name       TEXT NOT NULL DEFAULT '',                                  -- pers_firstname
    qualification    TEXT NOT NULL DEFAULT '',                                  -- pers_title
    function         TEXT NOT NULL DEFAULT '',
    service          TEXT NOT NULL DEFAULT '',                                  -- pers_department
    phone            TEXT NOT NULL DEFAULT '',
    fax              TEXT NOT NULL DEFAULT '',
    mobile           TEXT NOT NULL DEFAULT '',
    email            TEXT NOT NULL DEFAULT '',
    main             INTEGER NOT NULL DEFAULT 0 CHECK (main IN (0, 1)),
    default_address  TEXT REFERENCES addresses (id) ON DELETE SET NULL,
    CHECK ((company IS NULL) <> (account IS NULL))
) STRICT;

CREATE INDEX contacts_of_companies ON contacts (company);
CREATE INDEX contacts_of_accounts ON contacts (account);

CREATE TABLE company_values (                    -- values of free fields
    owner  TEXT NOT NULL REFERENCES companies (id) ON DELETE CASCADE,
    field  TEXT NOT NULL REFERENCES free_fields (name) ON DELETE CASCADE,
    value  TEXT NOT NULL,
    PRIMARY KEY (owner, field)
) STRICT;

CREATE TABLE account_values (
    owner  TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    field  TEXT NOT NULL REFERENCES free_fields (name) ON DELETE CASCADE,
    value  TEXT NOT NULL,
    PRIMARY KEY (owner, field)
) STRICT;

-- What is gone, for who lists changes only: the product keeps a mark of what was deleted.
CREATE TABLE removed (
    id  TEXT PRIMARY KEY,
    at  TEXT NOT NULL
) STRICT;

CREATE TRIGGER companies_removed BEFORE DELETE ON companies
BEGIN
    INSERT OR REPLACE INTO removed (id, at) VALUES (OLD.id, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'));
    UPDATE accounts SET modified = strftime('%Y-%m-%dT%H:%M:%SZ', 'now') WHERE company = OLD.id;
END;

CREATE TRIGGER accounts_removed BEFORE DELETE ON accounts
BEGIN
    INSERT OR REPLACE INTO removed (id, at) VALUES (OLD.id, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'));
END;
