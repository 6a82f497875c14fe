// Brings the database up to date: every file of `migrations/` once, in the order of their names. The pipeline runs it in
// the image of the release, before any task of it starts; it can run twice, and twice at the same time.
"use strict";
const { spawnSync } = require("node:child_process");
const { readdirSync } = require("node:fs");
const { join } = require("node:path");

const SCHEMA = "backend";
const LOCK = 6_021_023; // any number that nothing else of this database takes
const LOCK_TIMEOUT = "5s"; // a statement that waits for a table makes all others wait behind it

const folder = join(__dirname, "migrations");
const url = process.env.DATABASE_URL;
if (!url) {
  console.error("DATABASE_URL is missing: it is the url of the role that owns the schemas");
  process.exit(1);
}

/** The variables of libpq for a url: in a command line everybody on the machine could read it. */
function connection({ hostname, port, username, password, pathname, searchParams }) {
  return {
    PGHOST: hostname,
    PGPORT: port || "5432",
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: decodeURIComponent(pathname.slice(1)),
    PGSSLMODE: searchParams.get("sslmode") ?? "verify-full",
    PGSSLROOTCERT: searchParams.get("sslrootcert") ?? "/etc/ssl/certs/databases.pem",
    PGCONNECT_TIMEOUT: "10",
  };
}

// psql asks under the lock which of them are done, each in a transaction of its own.
const script = [
  `SELECT pg_advisory_lock(${LOCK}) \\gset`, // before lock_timeout, which would end the wait for another run
  `SET lock_timeout = '${LOCK_TIMEOUT}';`,
  `CREATE TABLE IF NOT EXISTS ${SCHEMA}.migrations (name text PRIMARY KEY, done_at timestamptz NOT NULL DEFAULT now());`,
];
for (const name of readdirSync(folder).sort()) {
  if (!/^[\w-]+\.sql$/.test(name)) throw new Error(`${name} is not a valid name of a migration; use 001-what-it-does.sql`);
  script.push(
    `SELECT NOT EXISTS (SELECT FROM ${SCHEMA}.migrations WHERE name = '${name}') AS is_new \\gset`,
    "\\if :is_new",
    `\\echo ${name}`,
    "BEGIN;",
    `\\i '${join(folder, name)}'`,
    `INSERT INTO ${SCHEMA}.migrations (name) VALUES ('${name}');`,
    "COMMIT;",
    "\\endif",
  );
}
script.push("\\echo the database is up to date");

const { error, status } = spawnSync("psql", ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"], {
  env: { PATH: process.env.PATH, PGOPTIONS: "--client-min-messages=warning", ...connection(new URL(url)) },
  input: `${script.join("\n")}\n`,
  stdio: ["pipe", "inherit", "inherit"],
});
if (error) throw error;
process.exit(status ?? 1);
