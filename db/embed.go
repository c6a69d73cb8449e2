// Package db carries the SQL that makes the database: the roles (init.sql) and the migrations.
package db

import "embed"

// Init is what only a superuser may do, once for a database.
//
//go:embed init.sql
var Init string

// Schema is the database after all migrations, as reviewers read it; its grants are what a start expects.
//
//go:embed schema.sql
var Schema string

// Migrations are the numbered files of goose.
//
//go:embed migrations/*.sql
var Migrations embed.FS
