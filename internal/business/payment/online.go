package payment

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Online is a payment that a homeowner began online.
type Online struct {
	ID           id.ID
	AcceptanceID id.ID
	LinkID       id.ID
	PayerName    string
	Account      string
	AmountCents  money.Cents
	State        OnlineState
	Session      string
	URL          string
	Intent       string
	Charge       string
	Problem      string
	Dispute      string
	AnswerBy     *time.Time
	ExpiresAt    time.Time
	AskedAt      *time.Time
	CreatedAt    time.Time
	// RefundAskedAt is when a refund was asked for whose answer is not known.
	RefundAskedAt *time.Time
	// SaidEntry is the entry by which a person said that it came.
	SaidEntry *id.ID
}

const onlineColumns = `id, acceptance_id, link_id, payer_name, account, amount_cents, state, session, url, intent, charge, problem, dispute, answer_by, expires_at, asked_at, created_at, refund_asked_at, said_entry`

// unfinishedSQL is the one payment of a ledger that is begun and not over.
const unfinishedSQL = `SELECT ` + onlineColumns + ` FROM app.online_payments WHERE org_id = $1 AND acceptance_id = $2 AND state IN ('open', 'processing')`

// HomeownerMoney is what a homeowner's page says about money.
type HomeownerMoney struct {
	Standing
	Open     *Online // begun and not finished
	Moved    []Entry // what came and what went back, the oldest first
	CanPay   bool    // online, now
	AskedFor string  // what is due, by its requests
}

// MoneyByToken reads what the page of a secret address says about money. It changes nothing, and asks neither plan nor
// billing state. Of a quote that is not signed there is nothing.
func (s *Service) MoneyByToken(ctx context.Context, a tenancy.Actor, token string) (m HomeownerMoney, err error) {
	signed, err := s.signedLink(ctx, a, token)
	if err != nil {
		return m, err
	}
	l := Ledger{AcceptanceID: signed.AcceptanceID}
	var account *Account
	var open []Online
	now, err := s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		queueLedger(r, a.Tenant(), &l)
		queueAccount(r, a.Tenant(), &account)
		pg.All(r, &open, unfinishedSQL, a.Tenant().Org(), signed.AcceptanceID)
	})
	if err != nil {
		return m, err
	}
	m.Standing = l.Standing
	for _, e := range l.Entries {
		if e.Kind != Request && e.Kind != Void && !l.Voided(e.ID) {
			m.Moved = append(m.Moved, e)
		}
	}
	if m.AskedFor = l.askedFor(); l.Version == 0 && l.DueCents > 0 {
		m.AskedFor = Deposit // its ledger is opened with the job, in a moment
	}
	if len(open) > 0 && open[0].Session != "" && (open[0].State == Processing || now.Before(open[0].ExpiresAt)) {
		m.Open = &open[0]
	}
	m.CanPay = s.Till != nil && account.Ready() && m.DueCents >= leastOnline && (m.Open == nil || m.Open.State == Open)
	return m, nil
}

// leastOnline is the smallest amount that the provider takes.
const leastOnline = money.Cents(50)

func (s *Service) signedLink(ctx context.Context, a tenancy.Actor, token string) (link quoting.SignedLink, err error) {
	_, err = s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) { quoting.QueueSignedLink(r, a.Tenant(), token, &link) })
	return link, err
}

// makingFor is how long a page may take to be made: what is older and has none was given up.
const makingFor = 10 * time.Minute

// PayOnline leads a homeowner to the page on which what is due is paid, to the company's own account. One page is open at
// a time: a second press, in whatever tab, leads to the same one.
func (s *Service) PayOnline(ctx context.Context, a tenancy.Actor, token string) (url string, err error) {
	if s.Till == nil {
		return "", errNotTaken()
	}
	link, err := s.signedLink(ctx, a, token)
	if err != nil {
		return "", err
	}
	a = link.Homeowner(a)
	for range 3 { // a page that is about another amount is closed first
		o, stale, err := s.beginOnline(ctx, a, link)
		if err != nil || o.URL != "" && !stale {
			return o.URL, err
		}
		if stale {
			err := s.closeOnline(ctx, a, o)
			if errors.Is(err, ErrNoAccess) { // it may still be paid there: none is opened beside it
				err = errNotNow(a)
			}
			if err != nil {
				return "", err
			}
			continue
		}
		return s.openPage(ctx, a, token, o)
	}
	return "", errDueChanged()
}

// errNotNow is the answer where the company's account takes nothing.
func errNotNow(a tenancy.Actor) error {
	return fault.New(fault.Conflict, "online-payments-off", "%s takes no online payments at the moment. Call, or pay by check.", a.Org.Name)
}

// beginOnline finds the payment that is open, or begins one. stale tells that it is about another amount, or
// on an account that is out of use.
func (s *Service) beginOnline(ctx context.Context, a tenancy.Actor, link quoting.SignedLink) (o Online, stale bool, err error) {
	err = s.DB.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		o, stale = Online{}, false
		l, err := openLedger(tx, link.AcceptanceID)
		if err != nil {
			return err
		}
		org := tx.Tenant().Org()
		account, err := pg.CollectOne[Account](tx, accountInUseSQL, org)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		o, err = pg.CollectOne[Online](tx, unfinishedSQL, org, l.AcceptanceID)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
		case err != nil:
			return err
		case o.State == Processing:
			return fault.New(fault.Conflict, "payment-processing", "Your payment of %s is on its way from your bank. There is nothing more to do.", o.AmountCents)
		case o.Session == "" && tx.Now().Sub(o.CreatedAt) < makingFor && o.AmountCents == l.DueCents && account.takes(o):
			return nil // the same page is made again, by its key
		case o.Session == "":
			if _, err := tx.Exec(`UPDATE app.online_payments SET state = 'expired' WHERE org_id = $1 AND id = $2`, org, o.ID); err != nil {
				return err
			}
		default:
			stale = o.AmountCents != l.DueCents || !account.takes(o) || !tx.Now().Before(o.ExpiresAt)
			return nil
		}
		if l.DueCents < leastOnline {
			return fault.New(fault.Conflict, "nothing-due", "Nothing is due now.")
		}
		if !account.Ready() {
			return errNotNow(a)
		}
		o = Online{ID: id.New(), AcceptanceID: l.AcceptanceID, LinkID: link.LinkID, PayerName: a.Name, Account: account.Account, AmountCents: l.DueCents, State: Open, CreatedAt: tx.Now()}
		if _, err := tx.Exec(`INSERT INTO app.online_payments (org_id, id, acceptance_id, link_id, payer_name, account, amount_cents, state, expires_at, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', $8, $9)`, org, o.ID, o.AcceptanceID, o.LinkID, o.PayerName, o.Account, o.AmountCents, tx.Now().Add(24*time.Hour), tx.Now()); err != nil {
			return err
		}
		return audit.Record(tx, a, audit.Deed{Action: "payment.begun", RecordType: "ledger", RecordID: l.AcceptanceID, After: onlineFacts{o.ID, o.AmountCents}})
	})
	return o, stale, err
}

// onlineFacts are what the log says of an online payment.
type onlineFacts struct {
	Payment     id.ID       `json:"payment"`
	AmountCents money.Cents `json:"amount_cents"`
}

// openPage makes the provider's page of a payment that was begun.
func (s *Service) openPage(ctx context.Context, a tenancy.Actor, token string, o Online) (url string, err error) {
	var p payer
	if err := s.DB.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) (err error) {
		p, err = findPayer(tx, &Ledger{AcceptanceID: o.AcceptanceID})
		return err
	}); err != nil {
		return "", err
	}
	page := s.Notify.Site.Of(a.Org.Slug, "/q/"+token)
	made, err := s.Till.OpenCheckout(ctx, "checkout:"+a.Tenant().Org().String()+":"+o.ID.String(), NewCheckout{
		Account: o.Account, Payment: o.ID, AmountCents: o.AmountCents, What: "Fence at " + p.Place + ", " + p.QuoteNumber, Email: p.Email, Done: page + "/paid", Back: page,
	})
	if errors.Is(err, ErrNoAccess) { // nobody has told us: it is asked
		return "", cmp.Or(s.FollowAccount(ctx, a, o.Account), errNotNow(a))
	}
	if err != nil {
		return "", unreachable(err)
	}
	err = s.DB.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		l, err := lockLedger(tx, o.AcceptanceID)
		if err != nil {
			return err
		}
		if l.DueCents != o.AmountCents { // while the page was made: nobody is led to it
			return errDueChanged()
		}
		err = tx.QueryRow(`UPDATE app.online_payments SET session = $3, url = $4, expires_at = $5 WHERE org_id = $1 AND id = $2 AND session IN ('', $3) AND state = 'open' RETURNING url`,
			tx.Tenant().Org(), o.ID, made.Session, made.URL, made.ExpiresAt).Scan(&url)
		if errors.Is(err, pgx.ErrNoRows) {
			return errDueChanged()
		}
		return err
	})
	return url, err
}

func errDueChanged() error {
	return fault.New(fault.Conflict, "payment-changed", "What is due has just changed. Look at the page again.")
}

// closeOnline closes the page of a payment, and reads what became of it: it may have been paid a moment ago. On an account
// that lets us in no more it is over when its time is, and until then ErrNoAccess.
func (s *Service) closeOnline(ctx context.Context, a tenancy.Actor, o Online) error {
	err := s.Till.CloseCheckout(ctx, o.Account, o.Session)
	if errors.Is(err, ErrNoAccess) {
		over := false
		if err := s.DB.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
			if over = !tx.Now().Before(o.ExpiresAt); !over {
				return nil
			}
			_, err := tx.Exec(`UPDATE app.online_payments SET state = 'expired' WHERE org_id = $1 AND id = $2 AND state = 'open'`, tx.Tenant().Org(), o.ID)
			return err
		}); err != nil || over {
			return err
		}
		return ErrNoAccess
	}
	if err != nil {
		return unreachable(err)
	}
	return s.FollowOnline(ctx, a, o.Account, o.Session)
}

// closeStale has the page of an amount that is not due any more closed, soon.
func (s *Service) closeStale(tx *pg.OrgTx, l *Ledger) error {
	if s.Till == nil {
		return nil
	}
	var open bool
	if err := tx.QueryRow(`SELECT EXISTS (SELECT FROM app.online_payments WHERE org_id = $1 AND acceptance_id = $2 AND state = 'open' AND amount_cents <> $3)`,
		tx.Tenant().Org(), l.AcceptanceID, l.DueCents).Scan(&open); err != nil || !open {
		return err
	}
	return s.Notify.Queue.Enqueue(tx, CloseStale{OrgID: tx.Tenant().Org(), AcceptanceID: l.AcceptanceID})
}

// CloseStalePage closes the open page of a ledger, if its amount is not what is due or its account is out of use.
func (s *Service) CloseStalePage(ctx context.Context, a tenancy.Actor, acceptance id.ID) error {
	if s.Till == nil {
		return nil
	}
	var open []Online
	if _, err := s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		pg.All(r, &open, `SELECT `+onlineColumns+` FROM app.online_payments o WHERE org_id = $1 AND acceptance_id = $2 AND state = 'open' AND session <> ''
			AND (amount_cents <> (SELECT due_cents FROM app.ledgers l WHERE l.org_id = $1 AND l.acceptance_id = o.acceptance_id)
				OR NOT EXISTS (SELECT FROM app.payment_accounts c WHERE c.org_id = $1 AND c.account = o.account AND c.disconnected_at IS NULL))`, a.Tenant().Org(), acceptance)
	}); err != nil {
		return err
	}
	for _, o := range open {
		if err := s.closeOnline(ctx, a, o); err != nil && !errors.Is(err, ErrNoAccess) {
			return err
		}
	}
	return nil
}

// CheckByToken asks the provider what became of the payment that the holder of a secret address began: he comes back from
// its page, perhaps before any webhook.
func (s *Service) CheckByToken(ctx context.Context, a tenancy.Actor, token string) error {
	link, err := s.signedLink(ctx, a, token)
	if err != nil {
		return err
	}
	m, err := s.MoneyByToken(ctx, a, token)
	if err != nil || m.Open == nil {
		return err
	}
	return s.FollowOnline(ctx, link.Homeowner(a), m.Open.Account, m.Open.Session)
}
