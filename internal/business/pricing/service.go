package pricing

import (
	"context"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Service is what people can do about their company's prices.
type Service struct{ db *pg.DB }

// NewService keeps prices in db.
func NewService(db *pg.DB) *Service { return &Service{db: db} }

// change runs a validated change of the price list: once, by somebody who may, in a company that is not
// read-only.
func change[In, Out any](ctx context.Context, s *Service, a tenancy.Actor, operation string, in In, fn func(*pg.OrgTx) (Out, error)) (Out, error) {
	if err := a.Require(tenancy.PricesWrite); err != nil {
		var none Out
		return none, err
	}
	return tenancy.Once(ctx, s.db, a, operation, in, func(tx *pg.OrgTx) (Out, error) {
		if err := a.RequireWritable(tx.Now()); err != nil {
			var none Out
			return none, err
		}
		return fn(tx)
	})
}
