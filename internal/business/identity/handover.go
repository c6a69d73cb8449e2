package identity

import (
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Successor says who takes over from a person who is deactivated: somebody's id, or Nobody. Empty is no answer.
type Successor string

// Nobody leaves the work unassigned.
const Nobody Successor = "nobody"

// Work is what waits for a person: open leads, and appointments that have not begun.
type Work struct {
	Leads        int `json:"leads"`
	Appointments int `json:"appointments"`
}

// Any tells whether anything waits.
func (w Work) Any() bool { return w != Work{} }

// Words are "3 open leads and 2 coming appointments".
func (w Work) Words() string {
	leads, visits := counted(w.Leads, "open lead"), counted(w.Appointments, "coming appointment")
	switch {
	case w.Appointments == 0:
		return leads
	case w.Leads == 0:
		return visits
	}
	return leads + " and " + visits
}

func counted(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// What waits for person $2. It says of leads and appointments only what their tables say of themselves (decision 0027).
const (
	openLeadSQL = `org_id = $1 AND assigned_to = $2 AND closed_at IS NULL`
	comingSQL   = `org_id = $1 AND assignee_id = $2 AND starts_at > app.now() AND state IN ('held', 'unconfirmed', 'confirmed', 'en_route')`
	workColumns = `(SELECT count(*) FROM app.leads WHERE ` + openLeadSQL + `), (SELECT count(*) FROM app.appointments WHERE ` + comingSQL + `)`
)

// HandedOver is what somebody took over, or what became nobody's.
type HandedOver struct {
	Work
	To   *id.ID `json:"to"` // nil: nobody
	Name string `json:"name"`
}

// handOver gives what waits for a person to their successor. Nobody is deactivated meanwhile: the organization's row is
// held. What is past stays whose it was.
func handOver(tx *pg.OrgTx, from User, to Successor) (HandedOver, error) {
	var h HandedOver
	org := tx.Tenant().Org()
	switch to {
	case Nobody:
	case "":
		err := tx.QueryRow(`SELECT `+workColumns, org, from.ID).Scan(&h.Leads, &h.Appointments)
		if err == nil && h.Any() {
			err = fault.InvalidField("/successor", "%s has %s. Choose who takes over, or leave them to nobody.", from.Name, h.Words())
		}
		return h, err
	default:
		who, err := id.Parse(string(to))
		if err == nil {
			h.To = &who
			err = tx.QueryRow(`SELECT name FROM app.users WHERE org_id = $1 AND id = $2 AND id <> $3 AND deactivated_at IS NULL`, org, who, from.ID).Scan(&h.Name)
		}
		if fault.Is(err, fault.NotFound) || errors.Is(err, pgx.ErrNoRows) {
			err = fault.InvalidField("/successor", "Choose somebody who works here, or nobody.")
		}
		if err != nil {
			return HandedOver{}, err
		}
	}
	leads, err := tx.Exec(`UPDATE app.leads SET assigned_to = $3, updated_at = app.now(), version = version + 1 WHERE `+openLeadSQL, org, from.ID, h.To)
	if err != nil {
		return HandedOver{}, err
	}
	visits, err := tx.Exec(`UPDATE app.appointments SET assignee_id = $3, updated_at = app.now(), version = version + 1 WHERE `+comingSQL, org, from.ID, h.To)
	h.Leads, h.Appointments = int(leads.RowsAffected()), int(visits.RowsAffected())
	if !h.Any() {
		return HandedOver{}, err
	}
	return h, err
}
