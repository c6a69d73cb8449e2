package support

import (
	"context"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"fenceplatform.com/fence/internal/business/notify"
	"fenceplatform.com/fence/internal/business/operator"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Company is what an operator finds by its exact address.
type Company struct {
	Host string // "acme"
	Name string
}

// FindCompany finds the company whose address was typed, whole or its first part. There is no search: an operator is
// told the address by who asks for help.
func (s *Service) FindCompany(ctx context.Context, address string) (Company, error) {
	c, err := pg.SystemOne[Company](ctx, s.system, `SELECT h.host, o.name FROM platform.hosts h JOIN platform.organizations o ON o.org_id = h.org_id
		WHERE h.host = $1 AND h.kind = 'primary'`, s.label(address))
	if fault.Is(err, fault.NotFound) {
		err = fault.InvalidField("/address", "No company is at this address. Type it as it stands in the browser, like acme.")
	}
	return c, err
}

// label is the part of an address that names the company.
func (s *Service) label(address string) string {
	address = strings.ToLower(strings.TrimSpace(address))
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	u, err := url.Parse(address)
	if err != nil || strings.ContainsRune(address, 0) {
		return ""
	}
	if label, _ := s.hosts.Label(u.Hostname()); label != "" {
		return label
	}
	return u.Hostname()
}

// AskInput is what an operator asks for.
type AskInput struct {
	Address string
	Purpose string
	Writes  bool
	Minutes int
}

// Purposes are read by owners: long enough to say something, short enough to stand in a strip.
const (
	minPurpose = 10
	maxPurpose = 200
)

func (in *AskInput) validate() error {
	in.Purpose = strings.Join(strings.Fields(in.Purpose), " ")
	var p fault.Problems
	if n := utf8.RuneCountInString(in.Purpose); n < minPurpose || n > maxPurpose {
		p.Add("/purpose", "Say in 10 to 200 characters what for. The owner decides by it.")
	} else if !utf8.ValidString(in.Purpose) || strings.ContainsFunc(in.Purpose, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) {
		p.Add("/purpose", "A purpose has no hidden characters.")
	}
	if in.Minutes < MinMinutes || in.Minutes > MaxMinutes {
		p.Add("/minutes", "Access lasts from 5 minutes to 4 hours.")
	}
	return p.Err()
}

// Ask asks the owners of a company for access and mails them. An open question of the same operator is replaced.
func (s *Service) Ask(ctx context.Context, op operator.Account, r tenancy.Request, in AskInput) (id.ID, error) {
	company, err := s.FindCompany(ctx, in.Address)
	if err != nil {
		return id.Nil, err
	}
	if err := in.validate(); err != nil {
		return id.Nil, err
	}
	door, err := s.asOperator(ctx, op, r, company.Host)
	if err != nil {
		return id.Nil, err
	}
	made, err := tenancy.Once(ctx, s.db, door, "support.ask", in, func(tx *pg.OrgTx) (Access, error) {
		a := Access{ID: id.New(), OperatorID: op.ID, OperatorName: op.Name, Purpose: in.Purpose, Writes: in.Writes, Minutes: in.Minutes, State: Asked, AskedAt: tx.Now()}
		if err := replace(tx, door); err != nil {
			return Access{}, err
		}
		_, err := tx.Exec(`INSERT INTO app.support_access (org_id, id, operator_id, operator_name, purpose, writes, minutes, state, asked_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, 'asked', $8)`, tx.Tenant().Org(), a.ID, a.OperatorID, a.OperatorName, a.Purpose, a.Writes, a.Minutes, a.AskedAt)
		if pg.Violates(err, "support_access_one_question") { // two at once: the first stands
			return Access{}, errNotOpen()
		}
		if err != nil {
			return Access{}, err
		}
		if err := s.mailOwners(tx, door.Org, a); err != nil {
			return Access{}, err
		}
		return a, note(tx, door, a)
	})
	return made.ID, s.logged(err, door.Tenant(), made)
}

// replace withdraws an older question of the operator, whether or not anybody would still answer it.
func replace(tx *pg.OrgTx, door tenancy.Actor) error {
	older, err := pg.Collect[Access](tx, accessSQL+` AND a.operator_id = $2 AND a.state = 'asked' FOR UPDATE OF a`, tx.Tenant().Org(), door.ID)
	if err != nil {
		return err
	}
	for _, a := range older {
		now := tx.Now()
		a.State, a.EndedAt, a.EndedBy = Withdrawn, &now, byOperator
		if err := save(tx, door, a); err != nil {
			return err
		}
	}
	return nil
}

type addressed struct{ Email string }

func (s *Service) mailOwners(tx *pg.OrgTx, org tenancy.Organization, a Access) error {
	owners, err := pg.Collect[addressed](tx, `SELECT email FROM app.users WHERE org_id = $1 AND role = 'owner' AND deactivated_at IS NULL ORDER BY id`, tx.Tenant().Org())
	if err != nil {
		return err
	}
	for _, o := range owners {
		question := notify.SupportQuestion{Operator: a.OperatorName, Purpose: a.Purpose, Writes: a.Writes, Minutes: a.Minutes}
		if err := s.notify.AskForSupport(tx, org, o.Email, question); err != nil {
			return err
		}
	}
	return nil
}

// Line is what an operator sees of a request: nothing of the company but where it is.
type Line struct {
	ID        id.ID
	Host      string
	Purpose   string
	Writes    bool
	Minutes   int
	State     State
	AskedAt   time.Time
	ExpiresAt *time.Time
	Now       time.Time
}

// Standing is how the request stood when it was read.
func (l Line) Standing() Standing { return standing(l.State, l.AskedAt, l.ExpiresAt, l.Now) }

// Lines are one page of an operator's requests, the newest first. Next is empty on the last.
type Lines struct {
	Lines []Line
	Next  string
}

const lineSQL = `SELECT a.id, h.host, a.purpose, a.writes, a.minutes, a.state, a.asked_at, a.expires_at, platform.now() AS now
	FROM platform.support_access a JOIN platform.hosts h ON h.org_id = a.org_id AND h.kind = 'primary' WHERE a.operator_id = $1`

// Requests lists what an operator asked for, everywhere.
func (s *Service) Requests(ctx context.Context, op operator.Account, after string) (Lines, error) {
	at, last, err := pg.ReadCursor(after)
	if err != nil {
		return Lines{}, err
	}
	got, err := pg.SystemRows[Line](ctx, s.system, lineSQL+` AND ($2::timestamptz IS NULL OR (a.asked_at, a.id) < ($2, $3)) ORDER BY a.asked_at DESC, a.id DESC LIMIT $4`, op.ID, at, last, pageSize+1)
	page := Lines{Lines: got}
	if len(got) > pageSize {
		page.Lines = got[:pageSize]
		page.Next = pg.Cursor(got[pageSize-1].AskedAt, got[pageSize-1].ID)
	}
	return page, err
}

// line finds a request of the operator's own. Another operator's is nobody's.
func (s *Service) line(ctx context.Context, op operator.Account, wanted id.ID) (Line, error) {
	return pg.SystemOne[Line](ctx, s.system, lineSQL+` AND a.id = $2`, op.ID, wanted)
}

// Leave ends an operator's own access, or withdraws the question.
func (s *Service) Leave(ctx context.Context, op operator.Account, r tenancy.Request, wanted id.ID) error {
	l, err := s.line(ctx, op, wanted)
	if err != nil {
		return err
	}
	return s.leave(ctx, op, r, l, byOperator)
}

func (s *Service) leave(ctx context.Context, op operator.Account, r tenancy.Request, l Line, by string) error {
	door, err := s.asOperator(ctx, op, r, l.Host)
	if err != nil {
		return err
	}
	defer s.running.forget(door.Tenant())
	var ended Access
	err = s.db.InOrg(ctx, door.Tenant(), func(tx *pg.OrgTx) error {
		a, err := lockAccess(tx, l.ID)
		if err != nil {
			return err
		}
		if a.OperatorID != op.ID {
			return fault.Missing()
		}
		ended, err = end(tx, door, a, by)
		return err
	})
	return s.logged(err, door.Tenant(), ended)
}

// LeaveAll ends whatever an operator still has or asked for: their account was disabled. It tells from how many.
func (s *Service) LeaveAll(ctx context.Context, op operator.Account, r tenancy.Request) (int, error) {
	open, err := pg.SystemRows[Line](ctx, s.system, lineSQL+` AND a.state IN ('asked', 'granted') ORDER BY a.asked_at`, op.ID)
	if err != nil {
		return 0, err
	}
	for n, l := range open {
		if err := s.leave(ctx, op, r, l, byPlatform); err != nil {
			return n, err
		}
	}
	return len(open), nil
}
