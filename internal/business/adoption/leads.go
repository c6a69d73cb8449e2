package adoption

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"fenceplatform.com/fence/internal/business/crm"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/postal"
)

// lead is a row of app.leads. Its JSON is what is written, and what is compared afterwards; so it is for each of
// these rows.
type lead struct {
	ID               id.ID          `json:"id" db:"id"`
	State            string         `json:"state" db:"state"`
	Source           string         `json:"source" db:"source"`
	Name             string         `json:"name" db:"name"`
	Email            string         `json:"email" db:"email"`
	Phone            string         `json:"phone" db:"phone"`
	Address          string         `json:"address" db:"address"`
	ZIP              string         `json:"zip" db:"zip"`
	Message          string         `json:"message" db:"message"`
	LengthFT         *float64       `json:"length_ft" db:"length_ft"`
	BudgetCents      *int64         `json:"budget_cents" db:"budget_cents"`
	CustomerID       *id.ID         `json:"customer_id" db:"customer_id"`
	FirstRespondedAt *time.Time     `json:"first_responded_at" db:"first_responded_at"`
	LostReason       *string        `json:"lost_reason" db:"lost_reason"`
	ClosedAt         *time.Time     `json:"closed_at" db:"closed_at"`
	CreatedAt        time.Time      `json:"created_at" db:"created_at"`
	UpdatedAt        time.Time      `json:"updated_at" db:"updated_at"`
	Extra            jsontext.Value `json:"extra" db:"extra"`
	Version          int            `json:"-" db:"version"` // above 1: people changed it here
}

func readLead(r *reading) any {
	if r.empty {
		r.note(-1, "the row has nothing but its key")
		return nil
	}
	// crm's rules for names, mails, phones and ZIPs hold for leads too.
	who, _, refused := r.crm.ReadForeign(crm.CreateCustomerInput{Name: r.fullName(), Email: r.line("email", 254), Phone: r.line("phone", 40)}, r.org.TimeZone)
	for _, f := range refused {
		r.refuse(f.Pointer[1:], f.Message)
	}
	l := lead{
		ID: r.id, Name: who.Name, Email: who.Email, Phone: who.Phone, Address: r.line("street", 200), ZIP: r.zip(), Message: r.paragraphs("message", 10_000),
		State: r.word("status", leadStates, "new"), Source: r.word("source", leadSources, "other"),
		LengthFT: r.decimal("length_ft", 0.01, 1e6), BudgetCents: r.amount("budget"),
		CustomerID: r.reference("customer_id", "customers", r.isCustomer), FirstRespondedAt: r.time("first_responded_at"),
	}
	if l.Name == "" {
		l.Name = r.nameless(l.Email, l.Phone)
	}
	if town := r.line("city", 95); town != "" {
		if l.Address != "" {
			l.Address += ", "
		}
		l.Address += town
	}
	if l.BudgetCents != nil && *l.BudgetCents < 0 {
		l.BudgetCents = nil
		r.refuse("budget", "is less than nothing; it is in extra")
	}
	l.CreatedAt = r.timeOr("created_at", r.began)
	l.UpdatedAt = r.timeOr("updated_at", l.CreatedAt)
	r.closeLead(&l)
	l.Extra = r.extra()
	return &l
}

// closeLead makes state, time and reason fit each other.
func (r *reading) closeLead(l *lead) {
	if l.State == "won" || l.State == "lost" || l.State == "junk" {
		at := r.timeOr("closed_at", l.UpdatedAt)
		l.ClosedAt = &at
	}
	if l.State == "lost" {
		reason := r.word("lost_reason", lostReasons, "other")
		l.LostReason = &reason
	}
}

// zip is five digits or nothing.
func (r *reading) zip() string {
	typed := r.line("zip", 20)
	if typed == "" {
		return ""
	}
	zip, err := postal.ParseZIP(typed)
	if err != nil {
		r.refuse("zip", fault.As(err).Message)
	}
	return zip
}

var leadStates = map[string]string{
	"new": "new", "open": "new", "unassigned": "new", "assigned": "new", "pending": "new", "uncontacted": "new",
	"contacted": "contacted", "working": "contacted", "inprocess": "contacted", "inprogress": "contacted", "nurture": "contacted", "nurturing": "contacted", "followup": "contacted",
	"visitscheduled": "visit_scheduled", "scheduled": "visit_scheduled", "appointmentset": "visit_scheduled", "appointmentscheduled": "visit_scheduled",
	"qualified": "qualified", "quoted": "quoted", "estimated": "quoted", "proposalsent": "quoted", "quotesent": "quoted",
	"won": "won", "converted": "won", "sold": "won", "closedwon": "won", "customer": "won",
	"lost": "lost", "dead": "lost", "closedlost": "lost", "unqualified": "lost", "declined": "lost", "closed": "lost",
	"junk": "junk", "spam": "junk", "duplicate": "junk", "invalid": "junk",
}

var leadSources = map[string]string{
	"phone": "phone", "call": "phone", "phonecall": "phone", "callin": "phone",
	"web": "web_form", "website": "web_form", "webform": "web_form", "form": "web_form", "online": "web_form", "contactform": "web_form",
	"walkin": "walk_in", "showroom": "walk_in", "referral": "referral", "wordofmouth": "referral", "friend": "referral", "partner": "referral",
	"repeat": "repeat", "existingcustomer": "repeat", "returning": "repeat",
	"campaign": "campaign", "google": "campaign", "googleads": "campaign", "facebook": "campaign", "ad": "campaign", "ads": "campaign", "mailer": "campaign",
	"angi": "marketplace", "angieslist": "marketplace", "homeadvisor": "marketplace", "thumbtack": "marketplace", "yelp": "marketplace", "houzz": "marketplace",
	"other": "other", "unknown": "other",
}

var lostReasons = map[string]string{
	"price": "price", "tooexpensive": "price", "cost": "price", "budget": "price", "timing": "timing", "notnow": "timing", "later": "timing",
	"competitor": "competitor", "wentwithcompetitor": "competitor", "noresponse": "no_response", "unresponsive": "no_response", "ghosted": "no_response",
	"outofarea": "out_of_area", "servicearea": "out_of_area", "hoa": "hoa_or_permit", "permit": "hoa_or_permit", "other": "other",
}

// insertLeads writes leads that are not there yet; so it is for each of these functions.
func insertLeads(tx *pg.OrgTx, adoption id.ID, rows []*lead) (int64, error) {
	tag, err := tx.Exec(`INSERT INTO app.leads (org_id, id, state, source, name, email, phone, address, zip, message, length_ft, budget_cents, customer_id,
			first_responded_at, lost_reason, closed_at, created_at, updated_at, extra, adoption_id)
		SELECT $1, r.id, r.state, r.source, r.name, r.email, r.phone, r.address, r.zip, r.message, r.length_ft, r.budget_cents, r.customer_id,
			r.first_responded_at, r.lost_reason, r.closed_at, r.created_at, r.updated_at, r.extra, $2
		FROM json_to_recordset($3::json) AS r(id uuid, state text, source text, name text, email text, phone text, address text, zip text, message text,
			length_ft double precision, budget_cents bigint, customer_id uuid, first_responded_at timestamptz, lost_reason text, closed_at timestamptz,
			created_at timestamptz, updated_at timestamptz, extra jsonb)
		ON CONFLICT (org_id, id) DO NOTHING`, tx.Tenant().Org(), adoption, asJSON(rows))
	return tag.RowsAffected(), err
}

// queueLeads reads what an adoption wrote, behind an id in the order of ids; so it is for each of these functions.
func queueLeads(r *pg.Reading, t pg.Tenant, adoption, after id.ID, dst *[]lead) {
	pg.All(r, dst, `SELECT id, state, source, name, email, phone, address, zip, message, length_ft, budget_cents, customer_id, first_responded_at,
			lost_reason, closed_at, created_at, updated_at, extra, version
		FROM app.leads WHERE org_id = $1 AND adoption_id = $2 AND id > $3 ORDER BY id LIMIT $4`, t.Org(), adoption, after, scanRows)
}
