package document

import (
	"crypto/ed25519"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// Statement is what the seal says: this version was accepted like this, on this PDF.
type Statement struct {
	Format     string     `json:"format"`
	Version    Version    `json:"version"`
	Acceptance Acceptance `json:"acceptance"`
	SentPDF    SentPDF    `json:"sent_pdf"`
	// PublicKey is the sealer's. Being named here proves nothing: whoever verifies brings the keys he trusts.
	PublicKey string `json:"public_key"`
}

// SentPDF names the quote as it was sent.
type SentPDF struct {
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Certificate is the machine-readable proof, attached to the signed file as certificate.json in canonical JSON.
type Certificate struct {
	Statement
	// Signature is over the canonical JSON of the certificate without this member.
	Signature string `json:"signature"`
}

const (
	certificateFormat = "fence-certificate/1"
	certificateName   = "certificate.json"
	statementDomain   = "fence statement 1\n"
	sealDomain        = "fence seal 1\n"
)

// KeyID is the short name of a sealing key: the first 16 hexadecimal digits of its SHA-256.
func KeyID(key ed25519.PublicKey) string { return fingerprint(key)[:16] }

// Canonical is the certificate as it is attached.
func (c Certificate) Canonical() ([]byte, error) { return canonical(c) }

// message is what the sealer signs, given the statement's canonical JSON.
func (s Statement) message() (text, message []byte, err error) {
	text, err = canonical(s)
	if err != nil {
		return nil, nil, err
	}
	return text, append([]byte(statementDomain), text...), nil
}

// signed states and signs.
func signed(key ed25519.PrivateKey, v Version, pdf []byte, a Acceptance) (Certificate, error) {
	c := Certificate{Statement: Statement{
		Format: certificateFormat, Version: v, Acceptance: a,
		SentPDF:   SentPDF{Bytes: len(pdf), SHA256: fingerprint(pdf)},
		PublicKey: hex.EncodeToString(key.Public().(ed25519.PublicKey)),
	}}
	_, message, err := c.message()
	if err != nil {
		return Certificate{}, err
	}
	c.Signature = hex.EncodeToString(ed25519.Sign(key, message))
	return c, nil
}

// signaturePages are what signing adds for people to read: the notices of cancellation with the last day
// written in, unless the quote carried them, and the certificate.
func signaturePages(c Certificate, fonts Fonts) ([]byte, error) {
	v, a := c.Version, c.Acceptance
	s, err := newSheet(fonts, "Certificate of "+v.Number, v.Organization.Name, a.At)
	if err != nil {
		return nil, err
	}
	s.foot = v.title() + "  ·  signed " + DayOf(a.At, a.zone()).String() + "  ·  " + v.Organization.Name
	if sale := DayOf(a.At, a.zone()); v.SoldAtHome && v.SaleDay != sale {
		s.notices(v, sale)
	}
	s.page()
	s.certificate(c)
	return s.bytes()
}

func (s *sheet) certificate(c Certificate) {
	v, a := c.Version, c.Acceptance
	s.letterhead(v.Organization)
	option, _ := v.Option(a.Option)
	heading, by, done := "Certificate of signature", "Signed by", "Signed"
	if a.Role == RoleStaff {
		heading, by, done = "Certificate of acceptance", "Accepted by", "Accepted"
	}
	s.write(leftEdge, s.y+12, bold, 15, heading)
	s.y += 24
	s.titleBlock(
		[]cell{{"Quote", v.Number, 3}, {"Version", strconv.Itoa(v.Version), 1.4}, {done, DayOf(a.At, a.zone()).String(), 3}, {"Total", a.TotalCents.String(), 3}},
		[]cell{{by, a.Name, 4.4}, {"Property", v.Property.String(), 6}},
	)
	s.y += 14
	s.signature(a)
	s.fact("Choice", option.Name+", "+a.TotalCents.String()+", deposit "+a.DepositCents.String())
	if chosen := chosenExtras(option, a.Extras); chosen != "" {
		s.fact("With", chosen)
	}
	s.fact("When", a.At.In(a.zone()).Format("Monday, January 2, 2006, 3:04:05 PM MST")+" ("+a.TimeZone+"), "+a.At.UTC().Format(time.RFC3339))
	if a.Role == RoleStaff {
		s.fact("How", "Recorded by "+a.RecordedBy+" of "+v.Organization.Name+" on behalf of the customer. The customer did not sign on this page.")
	} else {
		s.fact("How", "By the customer, on the page that the link of this quote opens")
	}
	s.fact("Network address", a.Network)
	s.fact("Device", a.Device)
	s.fact("Agreed to", "Consent "+v.Consent.Version+": "+v.Consent.Text)
	if last, ok := LastDayToCancel(DayOf(a.At, a.zone())); ok && v.SoldAtHome {
		s.fact("Right to cancel", "Until "+last.String()+", midnight")
	}
	s.fact("Quote", "SHA-256 "+grouped(a.VersionSHA256))
	s.fact("Sent PDF", "SHA-256 "+grouped(a.SentPDFSHA256)+", "+strconv.Itoa(c.SentPDF.Bytes)+" bytes")
	s.fact("Seal", "Ed25519, key "+grouped(keyIDOf(c.PublicKey))+". The seal covers every byte of this file. Check it without a network with: fence verify FILE")
	s.rule(s.y, ruleWidth)
}

// signature draws what the customer drew, or sets the typed name on the line.
func (s *sheet) signature(a Acceptance) {
	const high, wide = 84.0, 300.0
	base := s.y + high
	switch a.Signature.Kind {
	case SignatureDrawn:
		s.strokes(a.Signature, leftEdge, s.y, wide, high)
	case SignatureTyped:
		// A signature is never cut: a long name is set smaller.
		size := min(26, 26*(fullWidth-8)/max(s.width(semiBold, 26, a.Name), 1))
		s.write(leftEdge+4, base-14, semiBold, size, a.Name)
	case SignatureRecorded:
		s.tone(inkSoft)
		s.write(leftEdge+4, base-14, regular, 11, s.fit(regular, 11, fullWidth, "No signature here: recorded by "+a.RecordedBy))
		s.tone(ink)
	}
	s.y = base
	how := map[SignatureKind]string{SignatureDrawn: "drawn", SignatureTyped: "typed", SignatureRecorded: "recorded"}[a.Signature.Kind]
	s.line(leftEdge, rightEdge, a.Name+", "+how)
	s.y += 26
}

// strokes keep the proportions of the field that they were drawn in.
func (s *sheet) strokes(signature Signature, x, y, wide, high float64) {
	width, height := high*signature.Aspect, high
	if width > wide {
		width, height = wide, wide/signature.Aspect
	}
	y += high - height
	s.pdf.SetDrawColor(ink, ink, ink)
	s.pdf.SetLineWidth(1.4)
	s.pdf.SetLineCapStyle("round")
	s.pdf.SetLineJoinStyle("round")
	for _, stroke := range signature.Strokes {
		for i, at := range stroke {
			if i == 0 {
				s.pdf.MoveTo(x+at[0]*width, y+at[1]*height)
				continue
			}
			s.pdf.LineTo(x+at[0]*width, y+at[1]*height)
		}
		if len(stroke) > 1 {
			s.pdf.DrawPath("D")
		} else if len(stroke) == 1 {
			s.pdf.Circle(x+stroke[0][0]*width, y+stroke[0][1]*height, 0.7, "F")
		}
	}
	s.pdf.SetLineCapStyle("butt")
	s.pdf.SetLineJoinStyle("miter")
}

// fact is a row of the certificate: its name at the left, what is known beside it.
func (s *sheet) fact(name, value string) {
	if value == "" {
		return
	}
	s.need(24)
	s.rule(s.y, hairline)
	s.y += 5
	s.tone(inkSoft)
	s.write(leftEdge, s.y+8, regular, 9, name)
	s.tone(ink)
	s.paragraph(textEdge, textWidth, regular, 9, 12, value)
	s.y += 4
}

// grouped spaces a fingerprint for the eye.
func grouped(hash string) string {
	var b strings.Builder
	for i, r := range hash {
		if i > 0 && i%8 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func chosenExtras(o Option, keys []string) string {
	var chosen []string
	for _, key := range keys {
		for _, e := range o.Extras {
			if e.Key == key {
				chosen = append(chosen, e.Description+", "+(e.PriceCents+e.TaxCents).String())
			}
		}
	}
	return strings.Join(chosen, "; ")
}

// keyIDOf is the short name of a key given in hexadecimal.
func keyIDOf(publicKey string) string {
	key, err := hex.DecodeString(publicKey)
	if err != nil {
		return "unreadable"
	}
	return KeyID(key)
}
