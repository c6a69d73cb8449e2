package payment

import (
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

const entryColumns = `e.id, e.acceptance_id, e.n, e.kind, e.method, e.amount_cents, e.due_change_cents, e.received_change_cents, e.of_entry, e.note, e.reference,
	e.provider_id, e.day, e.recorded_by, e.recorded_name, e.recorded_at`

const ledgerColumns = `l.agreed_cents, l.due_cents, l.received_cents, l.paid_cents, l.refunded_cents, l.entries`

func (l *Ledger) targets() []any {
	return []any{&l.AgreedCents, &l.DueCents, &l.ReceivedCents, &l.PaidCents, &l.RefundedCents, &l.Version}
}

// OpenLedger opens the ledger of a sale, with the request for its deposit. Done again it changes nothing.
func OpenLedger(tx *pg.OrgTx, sale quoting.Sale) error {
	due := min(max(0, sale.DepositCents), sale.TotalCents)
	entries := 0
	if due > 0 {
		entries = 1
	}
	zone, err := time.LoadLocation(sale.TimeZone)
	if err != nil {
		return err
	}
	tag, err := tx.Exec(`INSERT INTO app.ledgers (org_id, acceptance_id, agreed_cents, due_cents, received_cents, paid_cents, refunded_cents, entries, opened_at)
		VALUES ($1, $2, $3, $4, 0, 0, 0, $5, $6) ON CONFLICT (org_id, acceptance_id) DO NOTHING`,
		tx.Tenant().Org(), sale.AcceptanceID, sale.TotalCents, due, entries, tx.Now())
	if err != nil || tag.RowsAffected() == 0 || due == 0 {
		return err
	}
	_, err = tx.Exec(insertEntrySQL, tx.Tenant().Org(), id.New(), sale.AcceptanceID, 1, Request, "", due, due, 0, nil, Deposit, "", "",
		dayOf(sale.AcceptedAt, zone), sale.AcceptanceID, sale.SignerName, sale.AcceptedAt)
	return err
}

const insertEntrySQL = `INSERT INTO app.ledger_entries (org_id, id, acceptance_id, n, kind, method, amount_cents, due_change_cents, received_change_cents, of_entry, note,
		reference, provider_id, day, recorded_by, recorded_name, recorded_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`

// openLedger locks a ledger, whoever else writes to it waits, and reads it. That of a signature whose job is not opened
// yet is opened first.
func openLedger(tx *pg.OrgTx, acceptance id.ID) (*Ledger, error) {
	l, err := lockLedger(tx, acceptance)
	if !errors.Is(err, pgx.ErrNoRows) {
		return l, err
	}
	sale, err := quoting.FindSale(tx, acceptance)
	if err != nil {
		return nil, err
	}
	if err := OpenLedger(tx, sale); err != nil {
		return nil, err
	}
	return lockLedger(tx, acceptance)
}

func lockLedger(tx *pg.OrgTx, acceptance id.ID) (*Ledger, error) {
	l := &Ledger{AcceptanceID: acceptance}
	org := tx.Tenant().Org()
	if err := tx.QueryRow(`SELECT `+ledgerColumns+` FROM app.ledgers l WHERE l.org_id = $1 AND l.acceptance_id = $2 FOR UPDATE`, org, acceptance).Scan(l.targets()...); err != nil {
		return nil, err
	}
	var err error
	l.Entries, err = pg.Collect[Entry](tx, `SELECT `+entryColumns+` FROM app.ledger_entries e WHERE e.org_id = $1 AND e.acceptance_id = $2 ORDER BY e.n`, org, acceptance)
	return l, err
}

// ledgerOf locks the ledger that an entry is of.
func ledgerOf(tx *pg.OrgTx, entry id.ID) (*Ledger, *Entry, error) {
	var acceptance id.ID
	err := tx.QueryRow(`SELECT acceptance_id FROM app.ledger_entries WHERE org_id = $1 AND id = $2`, tx.Tenant().Org(), entry).Scan(&acceptance)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil, fault.Missing()
	}
	if err != nil {
		return nil, nil, err
	}
	l, err := lockLedger(tx, acceptance)
	if err != nil {
		return nil, nil, err
	}
	return l, l.entry(entry), nil
}

// write adds an entry to a locked ledger, in the actor's name.
func (l *Ledger) write(tx *pg.OrgTx, a tenancy.Actor, e Entry, of *Entry) (Entry, error) {
	e.ID, e.RecordedBy, e.RecordedName, e.RecordedAt = id.New(), a.ID, a.Name, tx.Now()
	if of != nil {
		e.OfEntry = &of.ID
	}
	l.add(&e, of)
	org := tx.Tenant().Org()
	if _, err := tx.Exec(insertEntrySQL, org, e.ID, e.AcceptanceID, e.N, e.Kind, e.Method, e.AmountCents, e.DueChange, e.ReceivedChange, e.OfEntry, e.Note,
		e.Reference, e.ProviderID, e.Day, e.RecordedBy, e.RecordedName, e.RecordedAt); err != nil {
		return Entry{}, err
	}
	_, err := tx.Exec(`UPDATE app.ledgers SET due_cents = $3, received_cents = $4, paid_cents = $5, refunded_cents = $6, entries = $7 WHERE org_id = $1 AND acceptance_id = $2`,
		org, l.AcceptanceID, l.DueCents, l.ReceivedCents, l.PaidCents, l.RefundedCents, l.Version)
	return e, err
}
