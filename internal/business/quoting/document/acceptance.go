package document

import (
	"fmt"
	"math"
	"strings"
	"time"
	"unicode"

	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/money"
)

// Acceptance is what somebody agreed to, and how it is known.
type Acceptance struct {
	Role Role `json:"role"`
	// RecordedBy is the person of the company who recorded it; only with RoleStaff.
	RecordedBy string    `json:"recorded_by,omitzero"`
	Name       string    `json:"name"` // as the signer typed it
	Signature  Signature `json:"signature"`
	Consent    string    `json:"consent_version"`

	Option       string      `json:"option"`
	Extras       []string    `json:"extras,omitempty"`
	TotalCents   money.Cents `json:"total_cents"`
	DepositCents money.Cents `json:"deposit_cents"`

	At       time.Time `json:"at"`
	TimeZone string    `json:"time_zone"`
	Network  string    `json:"network,omitzero"` // the address it came from
	Device   string    `json:"device,omitzero"`  // what the browser called itself

	VersionSHA256 string `json:"version_sha256"`
	SentPDFSHA256 string `json:"sent_pdf_sha256"`
}

// Role is who pressed the button.
type Role string

// The roles. Staff may only record an acceptance that the homeowner gave on another way, and it is shown so.
const (
	RoleHomeowner Role = "homeowner"
	RoleStaff     Role = "recorded_by_staff"
)

// Signature is drawn or typed; staff record neither.
type Signature struct {
	Kind SignatureKind `json:"kind"`
	// Strokes are drawn in a box of one by one over Aspect (its width divided by its height), y downwards.
	Strokes [][]drawnPoint `json:"strokes,omitempty"`
	Aspect  float64        `json:"aspect,omitzero"`
}

type drawnPoint = [2]float64

// SignatureKind is how the signature was given.
type SignatureKind string

// The kinds of signatures. A typed signature is the signer's name.
const (
	SignatureDrawn    SignatureKind = "drawn"
	SignatureTyped    SignatureKind = "typed"
	SignatureRecorded SignatureKind = "recorded"
)

// Bounds of a drawn signature. A pen sends at most a few hundred points a second.
const (
	MaxSignaturePoints = 5_000
	minSignatureLength = 0.1 // of the box: less is a dot, not a signature
	maxName            = 120
)

// Check refuses a signature that is not one.
func (s Signature) Check() error {
	var p fault.Problems
	switch s.Kind {
	case SignatureTyped, SignatureRecorded:
		if len(s.Strokes) > 0 {
			p.Add("/strokes", "belong to a drawn signature only")
		}
	case SignatureDrawn:
		s.checkStrokes(&p)
	default:
		p.Add("/kind", "is drawn or typed")
	}
	return p.Err()
}

func (s Signature) checkStrokes(p *fault.Problems) {
	if !(s.Aspect >= 0.5 && s.Aspect <= 20) {
		p.Add("/aspect", "is the field's width divided by its height")
	}
	points, length := 0, 0.0
	for i, stroke := range s.Strokes {
		points += len(stroke)
		if points > MaxSignaturePoints {
			p.Add("/strokes", "have more than %d points", MaxSignaturePoints)
			return
		}
		for j, at := range stroke {
			if !(at[0] >= 0 && at[0] <= 1 && at[1] >= 0 && at[1] <= 1) {
				p.Add(fmt.Sprintf("/strokes/%d/%d", i, j), "lies outside of the field")
				return
			}
			if j > 0 {
				length += math.Hypot(at[0]-stroke[j-1][0], at[1]-stroke[j-1][1])
			}
		}
	}
	if length < minSignatureLength {
		p.Add("/strokes", "are too short. Sign across the field, or type your name")
	}
}

// Check refuses an acceptance that does not fit the version it accepts.
func (a Acceptance) Check(v Version) error {
	var p fault.Problems
	checkName(&p, "/name", a.Name)
	switch a.Role {
	case RoleHomeowner:
		if a.Signature.Kind == SignatureRecorded || a.RecordedBy != "" {
			p.Add("/role", "is the homeowner's: the signature is drawn or typed")
		}
	case RoleStaff:
		checkName(&p, "/recorded_by", a.RecordedBy)
		if a.Signature.Kind != SignatureRecorded {
			p.Add("/signature/kind", "is not given when staff record an acceptance")
		}
	default:
		p.Add("/role", "is not known")
	}
	p.Under("/signature", a.Signature.Check())
	if a.Consent != v.Consent.Version {
		p.Add("/consent_version", "is not the consent that was shown")
	}
	if a.At.IsZero() {
		p.Add("/at", "is missing")
	}
	if _, err := time.LoadLocation(a.TimeZone); err != nil || a.TimeZone == "" || a.TimeZone == "Local" {
		p.Add("/time_zone", "is not a time zone")
	}
	checkText(&p, "/network", a.Network, maxShort)
	checkText(&p, "/device", a.Device, 1_000)
	for _, difference := range a.differs(v) {
		p.Add(difference.Pointer, "%s", difference.Message)
	}
	return p.Err()
}

func checkName(p *fault.Problems, pointer, name string) {
	checkText(p, pointer, name, maxName)
	if !strings.ContainsFunc(name, unicode.IsLetter) {
		p.Add(pointer, "needs a full name")
	}
}

// differs names where the acceptance speaks of something else than the version.
func (a Acceptance) differs(v Version) []fault.Field {
	var p fault.Problems
	hash, err := v.Hash()
	if err != nil || hash != a.VersionSHA256 {
		p.Add("/version_sha256", "names the version %s, but the quote is %s", brief(a.VersionSHA256), brief(hash))
	}
	option, known := v.Option(a.Option)
	if !known {
		p.Add("/option", "is not a tier of this quote")
		return fault.As(p.Err()).Fields
	}
	total, offered := option.With(a.Extras)
	switch {
	case !offered:
		p.Add("/extras", "are not all offered with this tier")
	case total != a.TotalCents:
		p.Add("/total_cents", "is %s, but %s with the chosen extras is %s", a.TotalCents, option.Name, total)
	}
	if a.DepositCents < 0 || a.DepositCents > a.TotalCents {
		p.Add("/deposit_cents", "must lie between nothing and the total")
	}
	if !p.Any() {
		return nil
	}
	return fault.As(p.Err()).Fields
}

// normal is the acceptance with one way to say each thing: the instant in UTC to the second, strokes to a
// ten-thousandth of the box.
func (a Acceptance) normal() Acceptance {
	a.At = a.At.UTC().Truncate(time.Second)
	strokes := make([][]drawnPoint, len(a.Signature.Strokes))
	for i, stroke := range a.Signature.Strokes {
		strokes[i] = make([]drawnPoint, len(stroke))
		for j, at := range stroke {
			strokes[i][j] = drawnPoint{math.Round(at[0]*1e4) / 1e4, math.Round(at[1]*1e4) / 1e4}
		}
	}
	a.Signature.Strokes = strokes
	return a
}

// zone is where the signer signed.
func (a Acceptance) zone() *time.Location {
	zone, err := time.LoadLocation(a.TimeZone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// brief is the start of a fingerprint, enough to tell two apart by eye.
func brief(hash string) string {
	if len(hash) > 12 {
		return hash[:12] + "…"
	}
	return hash
}
