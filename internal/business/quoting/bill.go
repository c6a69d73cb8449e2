package quoting

import (
	"context"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/quoting/document"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/secret"
)

// Bill is what a choice costs. Do not add a cost here: it is on the homeowner's screen.
type Bill struct {
	Option       document.Option
	Extras       []document.Extra // the chosen ones, in the option's order
	TaxCents     money.Cents
	TotalCents   money.Cents
	DepositCents money.Cents // due when it is signed
}

// Bill adds up a choice of what the view offers: what Accept will ask for.
func (h HomeownerView) Bill(c Choice) (Bill, error) {
	option, offered := h.Document.Option(c.Option)
	if !offered {
		return Bill{}, fault.InvalidField("/option", "is not a tier of this quote")
	}
	b := Bill{Option: option, TaxCents: option.TaxCents, TotalCents: option.TotalCents}
	for _, e := range option.Extras {
		if slices.ContainsFunc(c.Extras, func(chosen id.ID) bool { return chosen.String() == e.Key }) {
			b.Extras = append(b.Extras, e)
			b.TaxCents += e.TaxCents
			b.TotalCents += e.PriceCents + e.TaxCents
		}
	}
	if len(b.Extras) != len(c.Extras) {
		return Bill{}, fault.InvalidField("/extras", "name something that is not offered with %s", option.Name)
	}
	b.DepositCents = h.charges.deposit(b.TotalCents)
	return b, nil
}

// DepositRule is what the deposit is counted by: basis points of the total, or an amount.
func (h HomeownerView) DepositRule() (basisPoints int, amount money.Cents) {
	return h.charges.DepositBP, h.charges.DepositCents
}

// PreviousByToken reads the version that the link's one replaced, when it went to the same e-mail address: what
// this recipient read before. Nothing when there is none.
func (s *Service) PreviousByToken(ctx context.Context, a tenancy.Actor, token string) ([]document.Version, error) {
	var texts []string
	_, err := s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		r.Rows(func(rows pgx.Rows) (err error) {
			texts, err = pgx.CollectRows(rows, pgx.RowTo[string])
			return err
		}, `SELECT w.document FROM app.quote_links l
			JOIN app.quote_versions v ON v.org_id = l.org_id AND v.id = l.version_id
			JOIN app.quote_versions w ON w.org_id = v.org_id AND w.quote_id = v.quote_id AND w.n < v.n AND w.document IS NOT NULL
			WHERE l.org_id = $1 AND l.token_hash = $2 AND l.recipient_email <> ''
				AND EXISTS (SELECT FROM app.quote_links k WHERE k.org_id = w.org_id AND k.version_id = w.id AND lower(k.recipient_email) = lower(l.recipient_email))
			ORDER BY w.n DESC LIMIT 1`, a.Tenant().Org(), secret.Hash(token))
	})
	if err != nil || len(texts) == 0 {
		return nil, err
	}
	previous := make([]document.Version, 1)
	if err := json.Unmarshal([]byte(texts[0]), &previous[0]); err != nil {
		return nil, fmt.Errorf("document of the version before: %w", err)
	}
	return previous, nil
}
