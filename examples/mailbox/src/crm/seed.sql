-- A small folder to try things out with. Invented people and companies; example domains only.

INSERT INTO representatives (code, name, last_name, first_name, email, phone) VALUES
    ('REP01', 'Claire Morel', 'Morel', 'Claire', 'claire.morel@example.com', '+33 1 70 18 00 11'),
    ('REP02', 'Jonas Weber', 'Weber', 'Jonas', 'jonas.weber@example.com', '+49 30 5550 0112'),
    ('REP03', 'Aoife Byrne', 'Byrne', 'Aoife', 'aoife.byrne@example.com', '+353 1 555 0113');

INSERT INTO partners (code, name, kind, representative) VALUES
    ('ATELIER', 'Atelier du Canal', 'customer', 'REP01'),
    ('BRENNER', 'Brenner Maschinenbau', 'customer', 'REP02'),
    ('HARBOUR', 'Harbour Print Works', 'customer', 'REP03'),
    ('LUMIERE', 'Lumière et Fils', 'prospect', 'REP01'),
    ('NORDSTAHL', 'Nordstahl Handel', 'supplier', NULL),
    ('REP01', 'Claire Morel', 'representative', NULL),
    ('REP02', 'Jonas Weber', 'representative', NULL),
    ('REP03', 'Aoife Byrne', 'representative', NULL);

INSERT INTO interlocutors (code, last_name, first_name, partner, email) VALUES
    ('CNT0001', 'Lefebvre', 'Sophie', 'ATELIER', 'sophie.lefebvre@example.org'),
    ('CNT0002', 'Brenner', 'Karl', 'BRENNER', 'karl.brenner@example.org'),
    ('CNT0003', 'Vogel', 'Petra', 'BRENNER', 'petra.vogel@example.org'),
    ('CNT0004', 'Doyle', 'Fergus', 'HARBOUR', 'fergus.doyle@example.org'),
    ('CNT0005', 'Lumière', 'Hugo', 'LUMIERE', 'hugo.lumiere@example.org');

INSERT INTO partner_interlocutors (partner, place, interlocutor) VALUES
    ('ATELIER', 0, 'CNT0001'),
    ('BRENNER', 0, 'CNT0002'),
    ('BRENNER', 1, 'CNT0003'),
    ('HARBOUR', 0, 'CNT0004'),
    ('LUMIERE', 0, 'CNT0005');

INSERT INTO correspondents
    (chrono, modified, interlocutor, partner, company_label, title, last_name, first_name, job_title, department,
     birthday, cpy_street, cpy_postal_code, cpy_city, cpy_country, cpy_phone, cpy_mobile, cpy_email) VALUES
    ('COR00000001', '2026-01-05T08:00:00Z', 'CNT0001', 'ATELIER', '', 'Mrs', 'Lefebvre', 'Sophie',
     'Purchasing manager', 'Purchasing', '1979-04-17', '12 quai de Jemmapes', '75010', 'Paris', 'France',
     '+33 1 70 18 01 20', '+33 6 55 50 01 20', 'sophie.lefebvre@example.org'),
    ('COR00000002', '2026-01-05T08:05:00Z', 'CNT0002', 'BRENNER', '', 'Mr', 'Brenner', 'Karl',
     'Managing director', '', NULL, 'Industriestraße 4', '70565', 'Stuttgart', 'Germany',
     '+49 711 5550 130', '', 'karl.brenner@example.org'),
    ('COR00000003', '2026-01-06T09:30:00Z', 'CNT0003', 'BRENNER', '', 'Ms', 'Vogel', 'Petra',
     'Head of maintenance', 'Plant 2', NULL, 'Industriestraße 4' || char(10) || 'Halle 2', '70565', 'Stuttgart', 'Germany',
     '+49 711 5550 131', '+49 170 5550 131', 'petra.vogel@example.org'),
    ('COR00000004', '2026-01-07T14:10:00Z', 'CNT0004', 'HARBOUR', '', 'Mr', 'Doyle', 'Fergus',
     'Print buyer', 'Production', NULL, '8 Quay Road', 'D02 X285', 'Dublin', 'Ireland',
     '+353 1 555 0140', '', 'fergus.doyle@example.org'),
    ('COR00000005', '2026-01-08T10:00:00Z', 'CNT0005', 'LUMIERE', '', 'Mr', 'Lumière', 'Hugo',
     'Owner', '', NULL, '3 place Bellecour', '69002', 'Lyon', 'France',
     '', '+33 6 55 50 01 50', 'hugo.lumiere@example.org'),
    ('COR00000006', '2026-01-09T16:45:00Z', NULL, NULL, 'Trade fair Hannover', '', 'Okafor', 'Chidi',
     'Exhibition manager', '', NULL, '', '', '', '',
     '', '+49 171 5550 160', 'chidi.okafor@example.org');

INSERT INTO correspondent_assignments (correspondent, place, representative) VALUES
    ('COR00000001', 0, 'REP01'),
    ('COR00000002', 0, 'REP02'),
    ('COR00000003', 0, 'REP02'),
    ('COR00000003', 1, 'REP01'),
    ('COR00000004', 0, 'REP03'),
    ('COR00000005', 0, 'REP01'),
    ('COR00000006', 0, 'REP01');

INSERT INTO correspondent_comments (correspondent, place, representative, text) VALUES
    ('COR00000001', 0, 'REP01', 'Prefers to be called before ten.'),
    ('COR00000003', 0, 'REP02', 'Decides on spare parts up to 5000.'),
    ('COR00000003', 1, 'REP01', 'Met her at the trade fair.');

INSERT INTO tasks
    (chrono, modified, representative, site, partner, correspondent, interlocutor, done, start, due, subject, report,
     time_spent) VALUES
    ('TSK00000001', '2026-01-12T08:00:00Z', 'REP01', 'PARIS', 'ATELIER', 'COR00000001', 'CNT0001', 0,
     '2026-01-19', '2026-01-23', 'Send the revised offer', 'She asked for a second price for 500 pieces.', 45),
    ('TSK00000002', '2026-01-12T08:20:00Z', 'REP01', 'PARIS', 'LUMIERE', 'COR00000005', 'CNT0005', 0,
     '2026-01-20', '2026-01-30', 'Prepare samples', '', 0),
    ('TSK00000003', '2026-01-10T17:00:00Z', 'REP01', 'PARIS', 'ATELIER', NULL, NULL, 1,
     '2026-01-05', '2026-01-09', 'Check the open invoices', 'All paid.', 90),
    ('TSK00000004', '2026-01-11T11:15:00Z', 'REP02', 'BERLIN', 'BRENNER', 'COR00000002', 'CNT0002', 0,
     '2026-01-15', '2026-02-02', 'Frame contract 2026', '', 120),
    ('TSK00000005', '2026-01-12T15:40:00Z', 'REP03', 'DUBLIN', 'HARBOUR', 'COR00000004', 'CNT0004', 0,
     '2026-01-21', '2026-01-22', 'Proofs for the spring catalogue', 'Two formats.', 0);

INSERT INTO calls
    (chrono, modified, representative, time, site, partner, correspondent, interlocutor, done, date, subject, report,
     duration) VALUES
    ('CLL00000001', '2026-01-12T09:00:00Z', 'REP01', '10:30', 'PARIS', 'ATELIER', 'COR00000001', 'CNT0001', 0,
     '2026-01-21', 'Ask for the delivery address', '', 0),
    ('CLL00000002', '2026-01-09T10:12:00Z', 'REP01', '11:00', 'PARIS', 'LUMIERE', 'COR00000005', 'CNT0005', 1,
     '2026-01-09', 'First contact', 'Wants samples in two colours.', 12),
    ('CLL00000003', '2026-01-12T13:00:00Z', 'REP02', NULL, 'BERLIN', 'BRENNER', 'COR00000003', 'CNT0003', 0,
     '2026-01-22', 'Spare parts list', '', 0);

INSERT INTO appointments
    (chrono, modified, organizer, category, site, partner, done, start, end, all_day, subject, report) VALUES
    ('BAP00000001', '2026-01-12T08:30:00Z', 'REP01', 'VISIT', 'PARIS', 'ATELIER', 0,
     '2026-01-22T09:00:00', '2026-01-22T10:30:00', 0, 'Visit to the workshop', ''),
    ('BAP00000002', '2026-01-12T08:40:00Z', 'REP01', 'VISIT', 'PARIS', 'LUMIERE', 0,
     '2026-01-27T14:00:00', '2026-01-27T15:00:00', 0, 'Presentation of the samples', 'Bring the colour chart.'),
    ('BAP00000003', '2026-01-12T09:10:00Z', 'REP02', 'VISIT', 'BERLIN', 'BRENNER', 0,
     '2026-01-26T10:00:00', '2026-01-26T12:00:00', 0, 'Negotiation of the frame contract', ''),
    ('BAP00000004', '2026-01-12T09:20:00Z', 'REP01', 'FAIR', 'PARIS', NULL, 0,
     '2026-02-10T00:00:00', '2026-02-11T00:00:00', 1, 'Trade fair', '');

INSERT INTO appointment_correspondents (appointment, place, correspondent) VALUES
    ('BAP00000001', 0, 'COR00000001'),
    ('BAP00000002', 0, 'COR00000005'),
    ('BAP00000003', 0, 'COR00000002'),
    ('BAP00000003', 1, 'COR00000003'),
    ('BAP00000004', 0, 'COR00000006');

INSERT INTO appointment_participants (appointment, place, representative) VALUES
    ('BAP00000003', 0, 'REP01'),
    ('BAP00000004', 0, 'REP02'),
    ('BAP00000004', 1, 'REP03');

INSERT INTO counters (prefix, last) VALUES ('COR', 6), ('TSK', 5), ('CLL', 3), ('BAP', 4);
