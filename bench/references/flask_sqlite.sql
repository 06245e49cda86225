CREATE TABLE IF NOT EXISTS totals (url TEXT PRIMARY KEY, count INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS days (
    url TEXT, day TEXT, count INTEGER NOT NULL, PRIMARY KEY (url, day)
);
CREATE TABLE IF NOT EXISTS tokens (
    url TEXT, token TEXT, expires INTEGER NOT NULL, PRIMARY KEY (url, token)
);
CREATE INDEX IF NOT EXISTS tokens_expires ON tokens (expires);
