package quoting

import (
	"context"
	"crypto/ed25519"

	"fenceplatform.com/fence/internal/business/quoting/document"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/tasks"
)

// Service has the operations on sketches and quotes.
type Service struct {
	DB    *pg.DB
	Queue *tasks.Queue
	Mail  Mailer
	Key   ed25519.PrivateKey // seals signed papers
	Fonts document.Fonts
	// Address is the public address of a path on a company's host.
	Address func(slug, path string) string
}

// mayChange is what every change that staff makes asks first, inside its transaction: the right was asked
// before it, the company's standing needs the transaction's time.
func mayChange(tx *pg.OrgTx, a tenancy.Actor) error { return a.RequireWritable(tx.Now()) }

// stale refuses a change of a record that is not at the version the writer read.
func stale(noun string, got, want int) error {
	if got == want {
		return nil
	}
	return fault.Stale(noun).With("current_version", got)
}

// change names an operation of staff on a quote.
type change struct {
	operation  string
	permission tenancy.Permission
	quote      id.ID
	in         any
}

// request is what the idempotency key stands for.
type request struct {
	Quote id.ID
	In    any
}

// change runs an operation of staff on one quote: once, by somebody who may, in a company that is not
// read-only, with the quote locked.
func (s *Service) change(ctx context.Context, a tenancy.Actor, c change, fn func(*pg.OrgTx, *dossier) (Changed, error)) (Changed, error) {
	if err := a.Require(c.permission); err != nil {
		return Changed{}, err
	}
	return tenancy.Once(ctx, s.DB, a, c.operation, request{c.quote, c.in}, func(tx *pg.OrgTx) (Changed, error) {
		if err := mayChange(tx, a); err != nil {
			return Changed{}, err
		}
		d, err := open(tx, c.quote)
		if err != nil {
			return Changed{}, err
		}
		if err := d.within(a, c.permission); err != nil {
			return Changed{}, err
		}
		return fn(tx, d)
	})
}
