-- What the simulation does not draw, made up from the ids with sizes as in the service. Read by load.py.
UPDATE certificates SET certificate_no = 'PK-' || lpad((seq * 7919 % 999999937)::text, 9, '0');
INSERT INTO consents (alumnus_id, purpose, is_given, at, via)
    SELECT alumnus_id, 'discoverable', true, completed_on, 'web' FROM people
    WHERE left(alumnus_id, 1) < '6';
INSERT INTO consents (alumnus_id, purpose, is_given, at, via)
    SELECT alumnus_id, 'discoverable', false, completed_on + 60, 'web' FROM people
    WHERE left(alumnus_id, 1) = '0';
INSERT INTO contacts (alumnus_id, name_sealed, phone_sealed, birth_on, nik_hash, person_key)
    SELECT alumnus_id, repeat(md5(alumnus_id || 'name'), 2), repeat(md5(alumnus_id || 'phone'), 2),
        make_date(birth_year::int, 1 + abs(hashtext(alumnus_id)) % 12, 1 + abs(hashtext('d' || alumnus_id)) % 28),
        encode(sha256(('nik' || alumnus_id)::bytea), 'hex'), encode(sha256(('key' || alumnus_id)::bytea), 'hex')
    FROM people;
INSERT INTO accounts (account_id, role, login, secret_hash, alumnus_id, created_at)
    SELECT md5('account' || alumnus_id), 'alumnus', encode(sha256(('login' || alumnus_id)::bytea), 'hex'),
        repeat(md5(alumnus_id), 3), alumnus_id, completed_on
    FROM people WHERE left(alumnus_id, 1) < 'a';
INSERT INTO accesses (account_id, role, alumnus_id, act, at)
    SELECT 'officer-' || abs(hashtext(alumnus_id || look)) % 5000, 'counter', alumnus_id, 'found',
        completed_on + look * interval '40 days'
    FROM people, generate_series(1, 3) AS look ORDER BY 5;
INSERT INTO talent_changes (alumnus_id, at)
    SELECT alumnus_id, completed_on FROM people WHERE left(alumnus_id, 1) < '4' ORDER BY completed_on;
INSERT INTO recent_answers (alumnus_id, request_hash, impression_id, shown_at, answer)
    SELECT alumnus_id, encode(sha256(impression_id::bytea), 'hex'), impression_id, shown_at,
        json_build_object('padding', repeat(md5(impression_id), 150))
    FROM impressions WHERE shown_at >= (SELECT max(shown_at) - interval '1 day' FROM impressions);
VACUUM (ANALYZE)
