package support

import (
	"context"
	"fmt"
	"time"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// GrantInput is what an owner grants: no longer than was asked for.
type GrantInput struct {
	ID      id.ID
	Minutes int
}

// Grant lets the operator of a question in.
func (s *Service) Grant(ctx context.Context, a tenancy.Actor, in GrantInput) (Access, error) {
	if err := byOwner(a); err != nil {
		return Access{}, err
	}
	defer s.running.forget(a.Tenant())
	granted, err := tenancy.Once(ctx, s.db, a, "support.grant", in, func(tx *pg.OrgTx) (Access, error) {
		q, err := question(tx, in.ID)
		if err != nil {
			return Access{}, err
		}
		if in.Minutes < MinMinutes || in.Minutes > q.Minutes {
			return Access{}, fault.InvalidField("/minutes", "Choose from 5 min to the %s that were asked for.", Duration(q.Minutes))
		}
		now := tx.Now()
		until := now.Add(time.Duration(in.Minutes) * time.Minute)
		q.State, q.Minutes, q.DecidedAt, q.DecidedBy, q.DeciderName, q.ExpiresAt = Granted, in.Minutes, &now, &a.UserID, a.Name, &until
		return q, save(tx, a, q)
	})
	return granted, s.logged(err, a.Tenant(), granted)
}

// Refuse answers a question with no.
func (s *Service) Refuse(ctx context.Context, a tenancy.Actor, wanted id.ID) error {
	if err := byOwner(a); err != nil {
		return err
	}
	refused, err := tenancy.Once(ctx, s.db, a, "support.refuse", wanted, func(tx *pg.OrgTx) (Access, error) {
		q, err := question(tx, wanted)
		if err != nil {
			return Access{}, err
		}
		now := tx.Now()
		q.State, q.DecidedAt, q.DecidedBy, q.DeciderName = Refused, &now, &a.UserID, a.Name
		return q, save(tx, a, q)
	})
	return s.logged(err, a.Tenant(), refused)
}

// byOwner refuses whoever is not an owner in person.
func byOwner(a tenancy.Actor) error {
	if err := a.Require(tenancy.SupportGrant); err != nil {
		return err
	}
	if err := a.RequireOwnRights(); err != nil {
		return err
	}
	if a.Kind != tenancy.Person {
		return fault.New(fault.Forbidden, "forbidden", "Only an owner who is logged in can do this.")
	}
	return nil
}

// question is one that still waits for its answer, of an operator who still works here.
func question(tx *pg.OrgTx, wanted id.ID) (Access, error) {
	q, err := lockAccess(tx, wanted)
	if err != nil {
		return Access{}, err
	}
	var works bool
	if err := tx.QueryRow(`SELECT platform.operator_works($1)`, q.OperatorID).Scan(&works); err != nil {
		return Access{}, err
	}
	if !works || q.Standing(tx.Now()) != Standing(Asked) {
		return Access{}, errNotOpen()
	}
	return q, nil
}

// End ends a running access at once: people of the company who may see it, or the operator who has it.
func (s *Service) End(ctx context.Context, a tenancy.Actor, wanted id.ID) error {
	t, by := a.Tenant(), byCompany
	if a.Kind == tenancy.Support {
		if a.Support.ID != wanted {
			return fault.Missing()
		}
		t, by = a.Noting(), byOperator
	} else {
		if err := a.Require(tenancy.SupportSee); err != nil {
			return err
		}
		if err := a.RequireOwnRights(); err != nil {
			return err
		}
	}
	defer s.running.forget(a.Tenant())
	var ended Access
	err := s.db.InOrg(ctx, t, func(tx *pg.OrgTx) error {
		found, err := lockAccess(tx, wanted)
		if err != nil {
			return err
		}
		if found.State == Asked {
			return errNotOpen() // refusing it is the owner's
		}
		ended, err = end(tx, a, found, by)
		return err
	})
	return s.logged(err, t, ended)
}

// Page is what a company sees of support: what is open, and one page of what is over.
type Page struct {
	Open    []Access
	History []Access
	Next    string
	Now     time.Time
}

const pageSize = 20

// List reads them, in one round trip.
func (s *Service) List(ctx context.Context, a tenancy.Actor, after string) (Page, error) {
	if err := a.Require(tenancy.SupportSee); err != nil {
		return Page{}, err
	}
	at, last, err := pg.ReadCursor(after)
	if err != nil {
		return Page{}, err
	}
	var p Page
	org := a.Tenant().Org()
	p.Now, err = s.db.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		pg.All(r, &p.Open, accessSQL+openSQL+` ORDER BY a.asked_at DESC, a.id DESC LIMIT 100`, org, answerLife)
		pg.All(r, &p.History, accessSQL+` AND NOT (a.state = 'granted' AND a.expires_at > app.now() OR a.state = 'asked' AND a.asked_at > app.now() - $2::interval)
			AND ($3::timestamptz IS NULL OR (a.asked_at, a.id) < ($3, $4)) ORDER BY a.asked_at DESC, a.id DESC LIMIT $5`, org, answerLife, at, last, pageSize+1)
	})
	if len(p.History) > pageSize {
		p.History = p.History[:pageSize]
		p.Next = pg.Cursor(p.History[pageSize-1].AskedAt, p.History[pageSize-1].ID)
	}
	return p, err
}

// Duration is a number of minutes as people read it: "45 min", "1 h", "1 h 30 min".
func Duration(minutes int) string {
	switch h, m := minutes/60, minutes%60; {
	case h == 0:
		return fmt.Sprintf("%d min", m)
	case m == 0:
		return fmt.Sprintf("%d h", h)
	default:
		return fmt.Sprintf("%d h %d min", h, m)
	}
}
