package quoting

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/go-json-experiment/json"

	"fenceplatform.com/fence/internal/business/quoting/document"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Choice is what is bought: exactly one option and some of its optional extras.
type Choice struct {
	Option string  `json:"option"` // the tier
	Extras []id.ID `json:"extras"`
}

// AcceptInput is a signature under what was shown: the total and the hash say what that was.
type AcceptInput struct {
	Choice
	TotalCents   money.Cents        `json:"total_cents"`
	DocumentHash string             `json:"document_hash"`
	Consent      bool               `json:"consent"` // to sign electronically
	Name         string             `json:"name"`
	Signature    document.Signature `json:"signature"` // drawn or typed
}

// Signed is the answer to a signature.
type Signed struct {
	AcceptanceID id.ID       `json:"acceptance_id"`
	Number       string      `json:"number"`
	N            int         `json:"n"`
	OptionName   string      `json:"option_name"`
	TotalCents   money.Cents `json:"total_cents"`
	DepositCents money.Cents `json:"deposit_cents"`
	AcceptedAt   time.Time   `json:"accepted_at"`
}

// Validate tidies the input and says what is wrong with it.
func (in *AcceptInput) Validate() error {
	var p fault.Problems
	in.tidy(&p)
	in.Name = signer(in.Name, "/name", &p)
	if !in.Consent {
		p.Add("/consent", "is needed to sign electronically")
	}
	if in.Signature.Kind == document.SignatureRecorded {
		p.Add("/signature/kind", "is drawn or typed")
	}
	p.Under("/signature", in.Signature.Check())
	return p.Err()
}

func (c *Choice) tidy(p *fault.Problems) {
	if c.Option == "" {
		p.Add("/option", "is missing: choose one")
	}
	slices.SortFunc(c.Extras, func(a, b id.ID) int { return strings.Compare(a.String(), b.String()) })
	c.Extras = slices.Compact(c.Extras)
	if c.Extras == nil {
		c.Extras = []id.ID{}
	}
}

// signer is a full name.
func signer(typed, pointer string, p *fault.Problems) string {
	name := line(typed, pointer, maxPerson, p)
	if !strings.ContainsFunc(name, unicode.IsLetter) {
		p.Add(pointer, "needs a full name")
	}
	return name
}

// Accept signs the version of the link. Of two people who press at once one wins; everybody else is told why not.
// It asks neither plan nor usage nor billing state.
func (s *Service) Accept(ctx context.Context, a tenancy.Actor, token string, in AcceptInput) (Signed, error) {
	if err := in.Validate(); err != nil {
		return Signed{}, err
	}
	v, err := s.visit(ctx, a, token)
	if err != nil {
		return Signed{}, err
	}
	a = v.homeowner(a)
	return tenancy.Once(ctx, s.DB, a, "quotes.accept", in, func(tx *pg.OrgTx) (Signed, error) {
		d, err := open(tx, v.quote)
		if err != nil {
			return Signed{}, err
		}
		return s.accept(tx, a, d, d.version(v.n), in.Choice, signing{
			role: document.RoleHomeowner, link: &v.link, name: in.Name, signature: in.Signature,
			shownHash: in.DocumentHash, shownTotal: &in.TotalCents,
		})
	})
}

// RecordAcceptanceInput is an acceptance that staff were told: on paper, on the phone.
type RecordAcceptanceInput struct {
	Choice
	Version int    `json:"version"`
	Name    string `json:"name"` // who accepted
	Note    string `json:"note"` // how it is known
}

// Validate tidies the input and says what is wrong with it.
func (in *RecordAcceptanceInput) Validate() error {
	var p fault.Problems
	in.tidy(&p)
	in.Name = signer(in.Name, "/name", &p)
	if in.Note = line(in.Note, "/note", maxAnswer, &p); in.Note == "" {
		p.Add("/note", "is missing: say how you know, as in “signed on paper”")
	}
	return p.Err()
}

// RecordAcceptance writes down an acceptance that was given in another way. It is shown as such everywhere.
func (s *Service) RecordAcceptance(ctx context.Context, a tenancy.Actor, quote id.ID, in RecordAcceptanceInput) (Changed, error) {
	if err := in.Validate(); err != nil {
		return Changed{}, err
	}
	return s.change(ctx, a, change{"quotes.record_acceptance", tenancy.QuotesSend, quote, in}, func(tx *pg.OrgTx, d *dossier) (Changed, error) {
		held, _, err := d.holding(in.Version, Accept)
		if err != nil {
			return Changed{}, err
		}
		_, err = s.accept(tx, a, d, held, in.Choice, signing{
			role: document.RoleStaff, name: in.Name, note: in.Note, signature: document.Signature{Kind: document.SignatureRecorded},
		})
		return d.changed(held.N), err
	})
}

// signing is who signs, how, under what.
type signing struct {
	role       document.Role
	link       *id.ID
	name, note string
	signature  document.Signature
	shownHash  string
	shownTotal *money.Cents // nil: staff see the record itself
}

func (s *Service) accept(tx *pg.OrgTx, a tenancy.Actor, d *dossier, v *Version, c Choice, how signing) (Signed, error) {
	to, err := d.answering(v, Accept)
	if err != nil {
		return Signed{}, err
	}
	if how.link != nil && how.shownHash != v.DocumentHash {
		return Signed{}, fault.New(fault.Conflict, "quote-changed", "This quote changed since you opened it. Read it again before you sign.")
	}
	if err := d.loadOptions(tx); err != nil {
		return Signed{}, err
	}
	option, bill, err := v.bill(c)
	if err != nil {
		return Signed{}, err
	}
	if how.shownTotal != nil && *how.shownTotal != bill.TotalCents {
		return Signed{}, fault.New(fault.Conflict, "total-changed", "The total is %s, not %s. Look at it again before you sign.", bill.TotalCents, *how.shownTotal).
			With("total_cents", int64(bill.TotalCents))
	}
	out := Signed{AcceptanceID: id.New(), Number: d.quote.Number, N: v.N, OptionName: option.Name, TotalCents: bill.TotalCents,
		DepositCents: bill.DepositCents, AcceptedAt: tx.Now()}
	if err := d.insertAcceptance(tx, a, v, option, c, bill, how, out.AcceptanceID); err != nil {
		return Signed{}, err
	}
	v.Status, v.AcceptedAt = to, &out.AcceptedAt
	d.totals[v.ID] = bill.TotalCents
	if draft := d.draft(); draft != nil { // of a version that will not be needed
		if err := d.discard(tx, draft); err != nil {
			return Signed{}, err
		}
	}
	org := tx.Tenant().Org()
	if err := s.Queue.Enqueue(tx, SealSigned{OrgID: org, AcceptanceID: out.AcceptanceID}); err != nil {
		return Signed{}, err
	}
	if err := s.Queue.Enqueue(tx, OpenJob{OrgID: org, AcceptanceID: out.AcceptanceID}); err != nil {
		return Signed{}, err
	}
	d.save(tx)
	facts := d.facts(v)
	facts.Signer, facts.Reason = how.name, how.note
	action := "quote.accepted"
	if how.role == document.RoleStaff {
		action = "quote.acceptance_recorded"
	}
	return out, record(tx, a, action, d.quote.ID, nil, facts)
}

// bill adds up a choice: the option as it was sent, and what each chosen extra adds.
func (v *Version) bill(c Choice) (*Option, Totals, error) {
	option := v.option(c.Option)
	if option == nil {
		return nil, Totals{}, fault.InvalidField("/option", "is not a tier of this quote")
	}
	bill := option.Totals
	for _, extra := range c.Extras {
		i := slices.IndexFunc(option.Lines, func(l Line) bool { return l.Optional && *l.ExtraID == extra })
		if i < 0 {
			return nil, Totals{}, fault.InvalidField("/extras", "name something that is not offered with %s", option.Name)
		}
		bill.NetCents += option.Lines[i].NetCents
		bill.TaxCents += option.Lines[i].TaxCents
	}
	bill.TotalCents = bill.NetCents + bill.TaxCents
	bill.DepositCents = v.Settings.charges().deposit(bill.TotalCents)
	return option, bill, nil
}

// insertAcceptance writes it down and closes the version. The unique index is what makes one winner.
func (d *dossier) insertAcceptance(tx *pg.OrgTx, a tenancy.Actor, v *Version, o *Option, c Choice, bill Totals, how signing, acceptance id.ID) error {
	signature, err := json.Marshal(how.signature)
	if err != nil {
		return err
	}
	role, recordedBy, recordedName := "homeowner", (*id.ID)(nil), ""
	if how.role == document.RoleStaff {
		role, recordedBy, recordedName = "staff", &a.ID, a.Name
	}
	org := tx.Tenant().Org()
	_, err = tx.Exec(`INSERT INTO app.acceptances (org_id, id, quote_id, version_id, option_id, extras, net_cents, tax_cents, total_cents, deposit_cents,
			document_hash, role, link_id, recorded_by, recorded_name, note, signer_name, signature_kind, signature, consent_version, ip, user_agent, accepted_at, time_zone)
		SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, v.document_hash, $11, $12, $13, $14, $15, $16, $17, $18,
			v.document::jsonb #>> '{consent,version}', $19, $20, $21, $22
		FROM app.quote_versions v WHERE v.org_id = $1 AND v.id = $4`,
		org, acceptance, d.quote.ID, v.ID, o.ID, c.Extras, bill.NetCents, bill.TaxCents, bill.TotalCents, bill.DepositCents,
		role, how.link, recordedBy, recordedName, how.note, how.name, how.signature.Kind, signature,
		a.Request.IP, clip(a.Request.UserAgent), tx.Now(), d.timeZone)
	if pg.Violates(err, "acceptances_one_winner") || pg.Violates(err, "acceptances_version_once") {
		return refusal(Accepted)
	}
	if err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE app.quote_versions SET state = 'accepted', accepted_at = $3 WHERE org_id = $1 AND id = $2`, org, v.ID, tx.Now())
	return err
}
