-- One folder of the CRM. Table and column codes of Sage X3 stand in the comments.
--
-- Codes, keys and texts are TEXT. An empty text is '', a missing code, key or date is NULL. Dates are
-- YYYY-MM-DD, times of day HH:MM, local date-times YYYY-MM-DDTHH:MM:SS by the wall clock of the folder.
-- `modified` is an instant in UTC, YYYY-MM-DDTHH:MM:SSZ (UPDDATTIM). `origin` is the mailbox item a record
-- was made from, `store id/item id`: a second creation with the same origin finds the first.

CREATE TABLE folder (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    name    TEXT NOT NULL                        -- the folder (dossier), for instance SEED
) STRICT;

-- The last number given per prefix. Numbers are not given twice, also not after a deletion.
CREATE TABLE counters (
    prefix  TEXT PRIMARY KEY CHECK (prefix IN ('COR', 'TSK', 'CLL', 'BAP')),
    last    INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE representatives (                   -- SALESREP
    code        TEXT PRIMARY KEY,                -- REPNUM
    name        TEXT NOT NULL DEFAULT '',        -- REPNAM
    last_name   TEXT NOT NULL DEFAULT '',
    first_name  TEXT NOT NULL DEFAULT '',
    email       TEXT NOT NULL DEFAULT '',
    phone       TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE partners (                          -- BPARTNER
    code            TEXT PRIMARY KEY,            -- BPRNUM
    name            TEXT NOT NULL DEFAULT '',    -- BPRNAM
    kind            TEXT NOT NULL DEFAULT 'other'
        CHECK (kind IN ('customer', 'other', 'prospect', 'representative', 'supplier')),
    representative  TEXT REFERENCES representatives (code)   -- the one on the commercial tab
) STRICT;

CREATE TABLE interlocutors (                     -- CONTACTCRM
    code        TEXT PRIMARY KEY,                -- CNTNUM
    last_name   TEXT NOT NULL DEFAULT '',        -- CNTLNA
    first_name  TEXT NOT NULL DEFAULT '',        -- CNTFNA
    partner     TEXT REFERENCES partners (code),
    email       TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE partner_interlocutors (             -- the contact tab of a partner
    partner       TEXT NOT NULL REFERENCES partners (code) ON DELETE CASCADE,
    place         INTEGER NOT NULL,
    interlocutor  TEXT NOT NULL REFERENCES interlocutors (code) ON DELETE CASCADE,
    PRIMARY KEY (partner, place)
) STRICT;

CREATE TABLE correspondents (                    -- CORRESPOND
    chrono           TEXT PRIMARY KEY,           -- CORNUM
    modified         TEXT NOT NULL,              -- UPDDATTIM
    origin           TEXT UNIQUE,
    kind             TEXT NOT NULL DEFAULT 'interlocutor'    -- CORTYP
        CHECK (kind IN ('interlocutor', 'representative')),
    interlocutor     TEXT REFERENCES interlocutors (code),   -- CNTNUM
    partner          TEXT REFERENCES partners (code),        -- BPRNUM
    company_label    TEXT NOT NULL DEFAULT '',   -- BPRLIB
    title            TEXT NOT NULL DEFAULT '' CHECK (title IN ('', 'Mr', 'Mrs', 'Ms')),  -- TTL, menu 941
    last_name        TEXT NOT NULL DEFAULT '',   -- LNA
    first_name       TEXT NOT NULL DEFAULT '',   -- FNA
    job_title        TEXT NOT NULL DEFAULT '' CHECK (length(job_title) <= 50),           -- FNCLIB
    department       TEXT NOT NULL DEFAULT '',   -- SRV
    birthday         TEXT,                       -- BIR
    -- Professional tab
    cpy_street       TEXT NOT NULL DEFAULT '',   -- CPYADD, three lines
    cpy_postal_code  TEXT NOT NULL DEFAULT '',   -- CPYZIP
    cpy_city         TEXT NOT NULL DEFAULT '',   -- CPYCTY
    cpy_state        TEXT NOT NULL DEFAULT '',   -- CPYSAT
    cpy_country      TEXT NOT NULL DEFAULT '',   -- CPYCRYNAM
    cpy_phone        TEXT NOT NULL DEFAULT '',   -- CPYTEL
    cpy_fax          TEXT NOT NULL DEFAULT '',   -- CPYFAX
    cpy_mobile       TEXT NOT NULL DEFAULT '',   -- CPYMOB
    cpy_email        TEXT NOT NULL DEFAULT '',   -- CPYEML
    -- Personal tab
    hom_street       TEXT NOT NULL DEFAULT '',   -- HOMADD
    hom_postal_code  TEXT NOT NULL DEFAULT '',   -- HOMZIP
    hom_city         TEXT NOT NULL DEFAULT '',   -- HOMCTY
    hom_state        TEXT NOT NULL DEFAULT '',   -- HOMSAT
    hom_country      TEXT NOT NULL DEFAULT '',   -- HOMCRYNAM
    hom_phone        TEXT NOT NULL DEFAULT '',   -- HOMTEL
    hom_fax          TEXT NOT NULL DEFAULT '',   -- HOMFAX
    hom_mobile       TEXT NOT NULL DEFAULT '',   -- HOMMOB
    hom_email        TEXT NOT NULL DEFAULT ''    -- HOMEML
) STRICT;

CREATE TABLE correspondent_assignments (         -- CORREP
    correspondent   TEXT NOT NULL REFERENCES correspondents (chrono) ON DELETE CASCADE,  -- COPNUM
    place           INTEGER NOT NULL,
    representative  TEXT NOT NULL REFERENCES representatives (code),                     -- COPREP
    PRIMARY KEY (correspondent, place),
    UNIQUE (correspondent, representative)
) STRICT;

CREATE TABLE correspondent_comments (            -- CRMCLOB
    correspondent   TEXT NOT NULL REFERENCES correspondents (chrono) ON DELETE CASCADE,
    place           INTEGER NOT NULL,            -- order of first contribution
    representative  TEXT NOT NULL REFERENCES representatives (code),                     -- CRCREP
    text            TEXT NOT NULL,               -- CRCCLOB
    PRIMARY KEY (correspondent, place),
    UNIQUE (correspondent, representative)
) STRICT;

CREATE TABLE tasks (                             -- TASK
    chrono          TEXT PRIMARY KEY,            -- TSKNUM
    modified        TEXT NOT NULL,               -- UPDDATTIM
    origin          TEXT UNIQUE,
    representative  TEXT NOT NULL REFERENCES representatives (code),    -- TSKREP
    site            TEXT NOT NULL DEFAULT '',    -- SALFCY
    partner         TEXT REFERENCES partners (code),                    -- TSKCMP
    correspondent   TEXT REFERENCES correspondents (chrono),            -- TSKCOR
    interlocutor    TEXT REFERENCES interlocutors (code),               -- TSKCCN
    done            INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1)),  -- TSKDON
    start           TEXT,                        -- TSKSTR
    due             TEXT,                        -- TSKDAT
    subject         TEXT NOT NULL DEFAULT '',    -- FULOBJ
    report          TEXT NOT NULL DEFAULT '',    -- FULRPO
    time_spent      INTEGER NOT NULL DEFAULT 0 CHECK (time_spent >= 0)  -- 60 * HOUTIMSPG + MNTTIMSPG
) STRICT;

CREATE TABLE calls (                             -- PHONECALL
    chrono          TEXT PRIMARY KEY,            -- CLLNUM
    modified        TEXT NOT NULL,               -- UPDDATTIM
    origin          TEXT UNIQUE,
    representative  TEXT NOT NULL REFERENCES representatives (code),    -- CLLREP
    time            TEXT,                        -- CLLHOU
    site            TEXT NOT NULL DEFAULT '',    -- SALFCY
    partner         TEXT REFERENCES partners (code),                    -- CLLCMP
    correspondent   TEXT REFERENCES correspondents (chrono),            -- CLLCOR
    interlocutor    TEXT REFERENCES interlocutors (code),               -- CLLCCN
    done            INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1)),  -- CLLDON
    date            TEXT,                        -- CLLDAT
    subject         TEXT NOT NULL DEFAULT '',    -- CLLOBJ
    report          TEXT NOT NULL DEFAULT '',    -- CLLRPO
    duration        INTEGER NOT NULL DEFAULT 0 CHECK (duration BETWEEN 0 AND 9999)  -- CLLDUR, minutes
) STRICT;

CREATE TABLE appointments (                      -- BAPPOINT
    chrono      TEXT PRIMARY KEY,                -- APTNUM
    modified    TEXT NOT NULL,                   -- UPDDATTIM
    origin      TEXT UNIQUE,
    organizer   TEXT NOT NULL REFERENCES representatives (code),    -- ATPREPMNA
    category    TEXT,                            -- APTTYP
    site        TEXT NOT NULL DEFAULT '',        -- SALFCY
    meeting_id  TEXT,
    partner     TEXT REFERENCES partners (code),                    -- APTCMP
    done        INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1)),  -- APTDON
    start       TEXT,                            -- APTDAT, APTHOU
    end         TEXT,                            -- APTDATEND, APTHOUEND
    all_day     INTEGER NOT NULL DEFAULT 0 CHECK (all_day IN (0, 1)),  -- FULDAY
    subject     TEXT NOT NULL DEFAULT '',        -- APTOBJ
    report      TEXT NOT NULL DEFAULT '',        -- APTRPO
    CHECK (start IS NULL OR end IS NULL OR start <= end)
) STRICT;

CREATE TABLE appointment_correspondents (        -- APTCOR(10): persons to visit
    appointment    TEXT NOT NULL REFERENCES appointments (chrono) ON DELETE CASCADE,
    place          INTEGER NOT NULL CHECK (place BETWEEN 0 AND 9),
    correspondent  TEXT NOT NULL REFERENCES correspondents (chrono),
    PRIMARY KEY (appointment, place)
) STRICT;

CREATE TABLE appointment_participants (          -- APTREPNUM(10): co-workers
    appointment     TEXT NOT NULL REFERENCES appointments (chrono) ON DELETE CASCADE,
    place           INTEGER NOT NULL CHECK (place BETWEEN 0 AND 9),
    representative  TEXT NOT NULL REFERENCES representatives (code),
    PRIMARY KEY (appointment, place)
) STRICT;
