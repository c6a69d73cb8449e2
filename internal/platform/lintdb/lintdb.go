package lintdb

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// Rule is one thing that must hold.
type Rule struct {
	Name string
	// What must hold.
	What string
	// Why: what happens otherwise.
	Why string
	// When the rule is asked beside `fence lint-db`.
	When When
	// sql answers one row for each breach: the object, and a sentence about it. It reads the catalogue only.
	sql string
}

// When says where a rule is asked beside `fence lint-db`.
type When int

const (
	// Asked only by `fence lint-db` and `fence doctor`.
	Asked When = iota
	// AtStart rules hold or nothing is served.
	AtStart
	// AfterMigrations rules are of tables: they also end `fence migrate up`.
	AfterMigrations
)

// Rules are all rules, by subject.
func Rules() []Rule {
	return slices.Concat(wallRules, shapeRules, keyRules, indexRules, functionRules, codeRules, grantRules, roleRules, rightRules, serverRules, reviewedRules)
}

// OfRoles tells the rules of roles from the others.
func OfRoles(r Rule) bool {
	return slices.ContainsFunc(roleRules, func(of Rule) bool { return of.Name == r.Name })
}

// Only keeps the rules that are asked at w; what is asked after migrations is asked at start too.
func Only(w When) []Rule {
	return slices.DeleteFunc(Rules(), func(r Rule) bool { return r.When < w })
}

// Finding is a breach of a rule.
type Finding struct {
	Rule, Object, Says string
}

func (f Finding) String() string { return f.Rule + ": " + f.Says }

// Asker is a connection, or a transaction, of the role that serves.
type Asker interface {
	SendBatch(context.Context, *pgx.Batch) pgx.BatchResults
}

// Find asks the rules in one round trip and returns what was found and not written down as an exception.
func Find(ctx context.Context, db Asker, rules []Rule) ([]Finding, error) {
	found, err := findAll(ctx, db, rules)
	return slices.DeleteFunc(found, excepted), err
}

// findAll is Find without exceptions.
func findAll(ctx context.Context, db Asker, rules []Rule) ([]Finding, error) {
	var found []Finding
	b := &pgx.Batch{}
	// A name that the search path makes short would read otherwise than in the template.
	b.Queue("SELECT set_config('search_path', 'pg_catalog', true)")
	for _, r := range rules {
		b.Queue(r.sql).Query(func(rows pgx.Rows) error {
			f := Finding{Rule: r.Name}
			_, err := pgx.ForEachRow(rows, []any{&f.Object, &f.Says}, func() error {
				found = append(found, f)
				return nil
			})
			if err != nil {
				return fmt.Errorf("rule %s: %w", r.Name, err)
			}
			return nil
		})
	}
	err := db.SendBatch(ctx, b).Close()
	return found, err
}
