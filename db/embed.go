// Package db carries the SQL that makes the database: the roles (init.sql) and the migrations.
package db

import "embed"

// Init is what only a superuser may do, once for a database.
//
//go:embed init.sql
var Init string

// Migrations are the numbered files of goose.
//
//go:embed migrations/*.sql
var Migrations embed.FS
