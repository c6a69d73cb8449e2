package quoting

import (
	"context"
	"time"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/business/quoting/document"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/business/usage"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// ReviseInput says at which version of the record the quote was read.
type ReviseInput struct {
	Version int `json:"version"`
}

// Revise starts the next version as a copy of the newest one. The customer keeps what he has until it is sent.
func (s *Service) Revise(ctx context.Context, a tenancy.Actor, quote id.ID, in ReviseInput) (Changed, error) {
	return s.change(ctx, a, change{"quotes.revise", tenancy.QuotesWrite, quote, in}, func(tx *pg.OrgTx, d *dossier) (Changed, error) {
		if d.held() != nil && d.draft() != nil {
			return Changed{}, fault.New(fault.Conflict, "draft-exists", "There is a draft of the next version already. Finish it, or throw it away.")
		}
		last, _, err := d.holding(in.Version, Revise)
		if err != nil {
			return Changed{}, err
		}
		if err := d.loadOptions(tx); err != nil {
			return Changed{}, err
		}
		v := last.copied(d.versions[0].N+1, tx.Now())
		if err := insertDraft(tx, a, quote, &v); err != nil {
			return Changed{}, err
		}
		d.versions = append([]Version{v}, d.versions...)
		d.totals[v.ID] = v.recommended().TotalCents
		d.save(tx)
		return d.changed(v.N), record(tx, a, "quote.revised", quote, nil, d.facts(&v))
	})
}

// copied is a new draft with everything that a version says.
func (v *Version) copied(n int, at time.Time) Version {
	c := Version{
		ID: id.New(), N: n, Status: Draft, SketchVersion: v.SketchVersion, Layout: v.Layout, Extras: v.Extras, PricedAt: v.PricedAt, Zone: v.Zone,
		Settings: v.Settings, Answers: v.Answers, CreatedAt: at,
	}
	for _, o := range v.Options {
		o.ID = id.New()
		lines := make([]Line, len(o.Lines))
		for i, l := range o.Lines {
			l.ID = id.New()
			lines[i] = l
		}
		o.Lines = lines
		c.Options = append(c.Options, o)
	}
	return c
}

// WithdrawInput says at which version of the record the quote was read, and why it is taken back.
type WithdrawInput struct {
	Version int    `json:"version"`
	Reason  string `json:"reason"` // for the log; the customer does not read it
}

// Withdraw takes back the version that the customer has: its links say so, and nobody can sign it.
func (s *Service) Withdraw(ctx context.Context, a tenancy.Actor, quote id.ID, in WithdrawInput) (Changed, error) {
	var p fault.Problems
	if in.Reason = line(in.Reason, "/reason", maxAnswer, &p); p.Any() {
		return Changed{}, p.Err()
	}
	return s.change(ctx, a, change{"quotes.withdraw", tenancy.QuotesSend, quote, in}, func(tx *pg.OrgTx, d *dossier) (Changed, error) {
		held, to, err := d.holding(in.Version, Withdraw)
		if err != nil {
			return Changed{}, err
		}
		at := tx.Now()
		held.Status, held.WithdrawnAt = to, &at
		if _, err := tx.Exec(`UPDATE app.quote_versions SET state = 'withdrawn', withdrawn_at = $3 WHERE org_id = $1 AND id = $2`,
			tx.Tenant().Org(), held.ID, at); err != nil {
			return Changed{}, err
		}
		d.save(tx)
		facts := d.facts(held)
		facts.Reason = in.Reason
		return d.changed(held.N), record(tx, a, "quote.withdrawn", quote, nil, facts)
	})
}

// holding is the version that the customer has, when the event may happen to it.
func (d *dossier) holding(version int, e Event) (*Version, Status, error) {
	current := d.current()
	to, err := next(current.Status, e)
	if err != nil {
		return nil, "", err // says more than that somebody was faster
	}
	return current, to, stale("quote", d.quote.Version, version)
}

// ExtendInput holds an offer open for so many days from today.
type ExtendInput struct {
	Version int `json:"version"`
	Days    int `json:"days"`
}

// Extend holds the version that the customer has open for longer, at the prices that were sent. The paper keeps
// its date: a company may always keep its word longer.
func (s *Service) Extend(ctx context.Context, a tenancy.Actor, quote id.ID, in ExtendInput) (Changed, error) {
	if in.Days < 1 || in.Days > maxValidity {
		return Changed{}, fault.InvalidField("/days", "must lie between 1 and %d", maxValidity)
	}
	return s.change(ctx, a, change{"quotes.extend", tenancy.QuotesSend, quote, in}, func(tx *pg.OrgTx, d *dossier) (Changed, error) {
		held, _, err := d.holding(in.Version, Extend)
		if err != nil {
			return Changed{}, err
		}
		until := endOfDay(tx.Now(), in.Days, d.zone())
		if !until.After(*held.ValidUntil) {
			return Changed{}, fault.InvalidField("/days", "end before the quote does (%s)", lastDay(*held.ValidUntil, d.zone()))
		}
		before := d.facts(held)
		before.ValidUntil = string(document.DayOf(held.ValidUntil.Add(-time.Second), d.zone()))
		held.ValidUntil = &until
		held.Status = Sent
		held.settleStatus(tx.Now())
		if _, err := tx.Exec(`UPDATE app.quote_versions SET valid_until = $3 WHERE org_id = $1 AND id = $2`, tx.Tenant().Org(), held.ID, until); err != nil {
			return Changed{}, err
		}
		d.save(tx)
		after := d.facts(held)
		after.ValidUntil = string(document.DayOf(until.Add(-time.Second), d.zone()))
		return d.changed(held.N), record(tx, a, "quote.extended", quote, before, after)
	})
}

// lastDay is the last day on which an offer that ends at until may be signed.
func lastDay(until time.Time, zone *time.Location) string {
	return until.Add(-time.Second).In(zone).Format("Jan 2, 2006")
}

// DiscardInput says at which version of the record the draft was read.
type DiscardInput struct {
	Version int `json:"version"`
}

// Discard throws a draft away. A quote that was never sent is void with it; its number is not used again.
func (s *Service) Discard(ctx context.Context, a tenancy.Actor, quote id.ID, in DiscardInput) (Changed, error) {
	return s.change(ctx, a, change{"quotes.discard", tenancy.QuotesWrite, quote, in}, func(tx *pg.OrgTx, d *dossier) (Changed, error) {
		draft, err := d.writing(in.Version)
		if err != nil {
			return Changed{}, err
		}
		if err := d.discard(tx, draft); err != nil {
			return Changed{}, err
		}
		d.save(tx)
		if d.current().Status == Void { // made by mistake and never sent: what it used is had again, for a moment
			if _, err := usage.Void(tx, plan.Quotes, quote); err != nil {
				return Changed{}, err
			}
		}
		return d.changed(draft.N), record(tx, a, "quote.discarded", quote, nil, d.facts(draft))
	})
}

func (d *dossier) discard(tx *pg.OrgTx, draft *Version) error {
	to, err := next(draft.Status, Discard)
	if err != nil {
		return err
	}
	draft.Status = to
	_, err = tx.Exec(`UPDATE app.quote_versions SET state = 'void', voided_at = $3 WHERE org_id = $1 AND id = $2`, tx.Tenant().Org(), draft.ID, tx.Now())
	return err
}

// CopyLinkInput names whom an address is for.
type CopyLinkInput struct {
	RecipientName string `json:"recipient_name"`
}

// CopyLink makes one more secret address of the version that the customer has, to hand over in another way.
func (s *Service) CopyLink(ctx context.Context, a tenancy.Actor, quote id.ID, in CopyLinkInput) (OpenedLink, error) {
	var p fault.Problems
	if in.RecipientName = line(in.RecipientName, "/recipient_name", maxPerson, &p); p.Any() {
		return OpenedLink{}, p.Err()
	}
	if err := a.Require(tenancy.QuotesSend); err != nil {
		return OpenedLink{}, err
	}
	return tenancy.OnceSecret(ctx, s.DB, a, "quotes.copy_link", request{quote, in}, func(tx *pg.OrgTx) (OpenedLink, error) {
		if err := mayChange(tx, a); err != nil {
			return OpenedLink{}, err
		}
		d, err := open(tx, quote)
		if err != nil {
			return OpenedLink{}, err
		}
		if err := d.within(a, tenancy.QuotesSend); err != nil {
			return OpenedLink{}, err
		}
		current := d.current()
		switch current.Status {
		case Sent, Viewed, Expired, Accepted:
		default:
			return OpenedLink{}, refusal(current.Status)
		}
		link, err := s.link(tx, a, quote, current.ID, "copy", Recipient{Name: in.RecipientName})
		if err != nil {
			return OpenedLink{}, err
		}
		return link, record(tx, a, "quote.link_copied", quote, nil, d.facts(current))
	})
}
