package adoption

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

type appointment struct {
	ID           id.ID          `json:"id" db:"id"`
	Kind         string         `json:"kind" db:"kind"`
	State        string         `json:"state" db:"state"`
	Title        string         `json:"title" db:"title"`
	Notes        string         `json:"notes" db:"notes"`
	Address      string         `json:"address" db:"address"`
	LeadID       *id.ID         `json:"lead_id" db:"lead_id"`
	CustomerID   *id.ID         `json:"customer_id" db:"customer_id"`
	PropertyID   *id.ID         `json:"property_id" db:"property_id"`
	StartsAt     time.Time      `json:"starts_at" db:"starts_at"`
	EndsAt       time.Time      `json:"ends_at" db:"ends_at"`
	TimeZone     string         `json:"time_zone" db:"time_zone"`
	CancelledAt  *time.Time     `json:"cancelled_at" db:"cancelled_at"`
	CancelReason string         `json:"cancel_reason" db:"cancel_reason"`
	CreatedAt    time.Time      `json:"created_at" db:"created_at"`
	UpdatedAt    time.Time      `json:"updated_at" db:"updated_at"`
	Extra        jsontext.Value `json:"extra" db:"extra"`
	Version      int            `json:"-" db:"version"` // above 1: people changed it here
}

func readAppointment(r *reading) any {
	start := r.time("starts_at")
	if start == nil {
		r.note(-1, "has no start that can be read: it stands in no calendar")
		return nil
	}
	a := appointment{
		ID: r.id, Kind: r.word("kind", appointmentKinds, "other"), State: r.word("status", appointmentStates, ""),
		Title: r.line("title", 200), Notes: r.paragraphs("notes", 10_000), Address: r.line("address", 300),
		LeadID: r.reference("lead_id", "leads", r.isLead), CustomerID: r.reference("customer_id", "customers", r.isCustomer),
		StartsAt: *start, TimeZone: r.org.TimeZone, CancelReason: r.paragraphs("cancel_reason", 2000),
	}
	if a.CustomerID != nil {
		if zone := r.customers[*a.CustomerID]; zone != "" {
			property := propertyOf(*a.CustomerID)
			a.PropertyID, a.TimeZone = &property, zone
		}
	}
	a.EndsAt = r.endOf(*start)
	a.CreatedAt = r.timeOr("created_at", r.began)
	a.UpdatedAt = r.timeOr("updated_at", a.CreatedAt)
	if a.State == "" { // nobody said: what is past was done
		a.State = "confirmed"
		if a.StartsAt.Before(r.began) {
			a.State = "completed"
		}
	}
	if a.State == "cancelled" {
		at := a.UpdatedAt
		if _, i, ok := r.cell("cancelled_at"); ok && r.table.shape.Columns[i].Type != "bool" {
			at = r.timeOr("cancelled_at", at)
		}
		a.CancelledAt = &at
	}
	a.Extra = r.extra()
	return &a
}

// endOf is the end, or the start and so many minutes, or an hour later.
func (r *reading) endOf(start time.Time) time.Time {
	if end := r.time("ends_at"); end != nil {
		if end.After(start) {
			return *end
		}
		r.refuse("ends_at", "is not after the start; an hour was taken, and it is in extra")
	}
	if minutes := r.decimal("minutes", 1, 60*24*30); minutes != nil {
		return start.Add(time.Duration(*minutes * float64(time.Minute))).Truncate(time.Microsecond)
	}
	return start.Add(time.Hour)
}

var appointmentKinds = map[string]string{
	"sitevisit": "site_visit", "visit": "site_visit", "estimate": "site_visit", "consultation": "site_visit", "measure": "site_visit", "measurement": "site_visit", "quote": "site_visit", "survey": "site_visit",
	"install": "install", "installation": "install", "job": "install", "build": "install",
	"service": "service_call", "servicecall": "service_call", "repair": "service_call", "warranty": "service_call", "followup": "other", "meeting": "other", "call": "other", "other": "other",
}

var appointmentStates = map[string]string{
	"scheduled": "confirmed", "confirmed": "confirmed", "booked": "confirmed", "accepted": "confirmed", "rescheduled": "confirmed", "pending": "unconfirmed", "unconfirmed": "unconfirmed", "tentative": "unconfirmed",
	"enroute": "en_route", "inprogress": "in_progress", "started": "in_progress",
	"completed": "completed", "complete": "completed", "done": "completed", "finished": "completed",
	"noshow": "no_show", "missed": "no_show", "cancelled": "cancelled", "canceled": "cancelled", "rejected": "cancelled",
}

func insertAppointments(tx *pg.OrgTx, adoption id.ID, rows []*appointment) (int64, error) {
	tag, err := tx.Exec(`INSERT INTO app.appointments (org_id, id, kind, state, title, notes, address, lead_id, customer_id, property_id, starts_at, ends_at,
			time_zone, cancelled_at, cancel_reason, created_at, updated_at, extra, adoption_id)
		SELECT $1, r.id, r.kind, r.state, r.title, r.notes, r.address, r.lead_id, r.customer_id, r.property_id, r.starts_at, r.ends_at,
			r.time_zone, r.cancelled_at, r.cancel_reason, r.created_at, r.updated_at, r.extra, $2
		FROM json_to_recordset($3::json) AS r(id uuid, kind text, state text, title text, notes text, address text, lead_id uuid, customer_id uuid, property_id uuid,
			starts_at timestamptz, ends_at timestamptz, time_zone text, cancelled_at timestamptz, cancel_reason text, created_at timestamptz, updated_at timestamptz, extra jsonb)
		ON CONFLICT (org_id, id) DO NOTHING`, tx.Tenant().Org(), adoption, asJSON(rows))
	return tag.RowsAffected(), err
}

func queueAppointments(r *pg.Reading, t pg.Tenant, adoption, after id.ID, dst *[]appointment) {
	pg.All(r, dst, `SELECT id, kind, state, title, notes, address, lead_id, customer_id, property_id, starts_at, ends_at, time_zone, cancelled_at, cancel_reason,
			created_at, updated_at, extra, version
		FROM app.appointments WHERE org_id = $1 AND adoption_id = $2 AND id > $3 ORDER BY id LIMIT $4`, t.Org(), adoption, after, scanRows)
}
