-- Moves everything in the schema public to the schema of one role, and gives it to the role for migrations.
--
-- For an environment whose application signed in as the master user until now: it made its tables as that user, in public,
-- where the new roles have no rights. Run it as the master user, after the function has made the roles:
--
--     psql "host=... dbname=users user=user_management sslmode=verify-full options=-csearch_path=pg_catalog" \
--         --set schema=backend --file docs/move_tables.sql
--
-- It does all or nothing, and may be repeated. What belongs to an extension stays. Code that names public, as in
-- "public.people" or in the text of a function, must be changed before.

\set ON_ERROR_STOP on

BEGIN;
SET LOCAL lock_timeout = '10s';
SET LOCAL search_path = ''; -- so that nobody else's functions are called, and each name is shown with its schema
SELECT set_config('move.schema', :'schema', true);

DO $move$
DECLARE
    target text := current_setting('move.schema');
    item record;
    name text;
BEGIN
    FOR item IN
        -- A sequence of a column and an index go with their table.
        SELECT 'TABLE' AS kind, oid AS id, 'pg_class'::regclass AS catalog
        FROM pg_class
        WHERE relnamespace = 'public'::regnamespace
          AND pg_has_role(relowner, 'USAGE')
          AND (relkind IN ('r', 'p', 'v', 'm', 'f') OR relkind = 'S' AND NOT EXISTS (
              SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype IN ('a', 'i')))
        UNION ALL
        SELECT 'TYPE', oid, 'pg_type'
        FROM pg_type
        WHERE typnamespace = 'public'::regnamespace
          AND pg_has_role(typowner, 'USAGE')
          AND (typtype IN ('e', 'd', 'r', 'm')
              OR typtype = 'c' AND EXISTS (SELECT FROM pg_class WHERE oid = typrelid AND relkind = 'c'))
        UNION ALL
        SELECT 'ROUTINE', oid, 'pg_proc'
        FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace
          AND pg_has_role(proowner, 'USAGE')
    LOOP
        -- Of an extension, or made with another object, as the functions of a range type.
        CONTINUE WHEN EXISTS (
            SELECT FROM pg_depend
            WHERE classid = item.catalog AND objid = item.id
              AND (deptype = 'e' OR deptype = 'i' AND item.kind = 'ROUTINE'));
        FOR step IN 1..2 LOOP
            -- The type of several ranges has the owner of the type of one.
            CONTINUE WHEN step = 2 AND item.kind = 'TYPE' AND EXISTS (
                SELECT FROM pg_type WHERE oid = item.id AND typtype = 'm');
            name := CASE item.kind
                WHEN 'TABLE' THEN item.id::regclass::text
                WHEN 'TYPE' THEN item.id::regtype::text
                ELSE item.id::regprocedure::text
            END;
            EXECUTE format('ALTER %s %s ', item.kind, name)
                || CASE step WHEN 1 THEN format('SET SCHEMA %I', target) ELSE 'OWNER TO owner' END;
        END LOOP;
        RAISE NOTICE 'moved % %', lower(item.kind), name;
    END LOOP;
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO %I', target, target);
    EXECUTE format('GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA %I TO %I', target, target);
    EXECUTE format('GRANT EXECUTE ON ALL ROUTINES IN SCHEMA %I TO %I', target, target);
END
$move$;

COMMIT;
