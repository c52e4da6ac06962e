-- Answers and cells may be packed with a second dictionary, and what was tried may be shortened: see
-- packing.py. What is there stays as it is and is read as it was; a version that knows only the
-- first dictionary refuses the journal by its number.

-- What was tried for records, for who reads the journal with SQL of their own: by provider, in
-- order, with the names of the fields that were taken from it as a JSON array.
CREATE VIEW tried AS
WITH step_1 AS (
    SELECT run, row,
        replace(replace(replace(replace(replace(replace(replace(
        replace(replace(replace(replace(replace(replace(
        CASE instr(tried, char(30)) WHEN 0 THEN tried
        ELSE substr(tried, 1, instr(tried, char(30)) - 1) END,
        char(1), '[{"provider":"'),
        char(2), '},{"provider":"'),
        char(3), '","outcome":"'),
        char(4), 'matched","attempt":'),
        char(5), 'missed","attempt":'),
        char(6), 'failed","attempt":'),
        char(7), 'unconfirmed","attempt":'),
        char(8), 'declined","attempt":null'),
        char(9), 'matched","attempt":null'),
        char(10), 'missed","attempt":null'),
        char(11), ',"accepted":['),
        char(12), ',"reason":"'),
        char(13), ',"held_back":[') AS said
    FROM records),
step_2 AS (
    SELECT run, row,
        replace(replace(replace(replace(replace(replace(replace(
        replace(replace(replace(replace(replace(replace(
        said,
        char(14), ',"wanted":['),
        char(15), ',"told":['),
        char(16), ',"rejected_by":'),
        char(17), ']}]'),
        char(18), '"}]'),
        char(31, 48), '"email"'),
        char(31, 49), '"first_name"'),
        char(31, 50), '"last_name"'),
        char(31, 51), '"full_name"'),
        char(31, 52), '"job_title"'),
        char(31, 53), '"seniority"'),
        char(31, 54), '"department"'),
        char(31, 55), '"phone"') AS said
    FROM step_1),
step_3 AS (
    SELECT run, row,
        replace(replace(replace(replace(replace(replace(replace(
        replace(replace(replace(replace(replace(replace(
        said,
        char(31, 56), '"mobile"'),
        char(31, 57), '"linkedin_url"'),
        char(31, 58), '"company_name"'),
        char(31, 59), '"company_domain"'),
        char(31, 60), '"company_size"'),
        char(31, 61), '"industry"'),
        char(31, 62), '"founded_year"'),
        char(31, 63), '"company_description"'),
        char(31, 64), '"company_linkedin_url"'),
        char(31, 65), '"website"'),
        char(31, 66), '"tech_stack"'),
        char(31, 67), '"location"'),
        char(31, 68), '"address"') AS said
    FROM step_2),
step_4 AS (
    SELECT run, row,
        replace(replace(replace(replace(replace(replace(replace(
        replace(replace(replace(
        said,
        char(31, 69), '"city"'),
        char(31, 70), '"region"'),
        char(31, 71), '"postal_code"'),
        char(31, 72), '"country"'),
        char(31, 73), '"country_code"'),
        char(31, 74), '"timezone"'),
        char(31, 75), '"email_kind"'),
        char(31, 76), '"email_status"'),
        char(31, 77), '"phone_e164"'),
        char(29), 'null') AS said
    FROM step_3)
SELECT run, row, one.key AS place,
    json_extract(one.value, '$.provider') AS provider,
    json_extract(one.value, '$.outcome') AS outcome,
    COALESCE(json_extract(one.value, '$.accepted'), '[]') AS accepted
FROM step_4, json_each(said) AS one;
