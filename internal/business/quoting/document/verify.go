package document

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json"

	"fenceplatform.com/fence/internal/platform/fault"
)

// maxFile is more than any signed quote has.
const maxFile = 32 << 20

// Report is what a signed file proves, or in what it differs from one.
type Report struct {
	Genuine bool
	// Differences say in sentences what is wrong; empty exactly when the file is genuine.
	Differences []string
	// KeyID names the key the file claims to be sealed with, when it claims one.
	KeyID string
	// Certificate is what the file states, believed only when Genuine.
	Certificate Certificate
	// SentPDF is the quote as it was sent, a part of the file.
	SentPDF []byte
}

// String says the report in sentences, for people.
func (r Report) String() string {
	if !r.Genuine {
		return strings.Join(r.Differences, "\n")
	}
	v, a := r.Certificate.Version, r.Certificate.Acceptance
	who := a.Name + " signed"
	if a.Role == RoleStaff {
		who = a.RecordedBy + " of " + v.Organization.Name + " recorded that " + a.Name + " accepted"
	}
	option, _ := v.Option(a.Option)
	return fmt.Sprintf("Genuine. %s %s of %s, %s for %s, on %s (%s). Sealed with key %s.", who, v.title(), v.Organization.Name,
		option.Name, a.TotalCents, a.At.In(a.zone()).Format("Mon, Jan 2, 2006, 3:04:05 PM MST"), a.TimeZone, r.KeyID)
}

// Verify tells whether file is, byte for byte, a signed quote that was sealed with one of the trusted keys. The
// error is nil exactly when it is; it is a fault whose message says what differs first.
func Verify(file []byte, trusted ...ed25519.PublicKey) (Report, error) {
	r := inspect(file, trusted)
	r.Genuine = len(r.Differences) == 0
	if r.Genuine {
		return r, nil
	}
	f := fault.New(fault.Invalid, "not-genuine", "%s", r.Differences[0])
	for i, words := range r.Differences[1:] {
		f = f.With(fmt.Sprintf("also_%d", i+1), words)
	}
	return r, f
}

// seal is the fixed end of a signed file.
type seal struct {
	certificate span
	digits      span
	end         int // where the file should end
}

var sealTail = regexp.MustCompile(`trailer\n<</Size \d{1,7} /Root \d{1,7} 0 R /Prev \d{1,9} /FenceCertificate \[(\d{1,9}) (\d{1,9})\] /FenceSeal <([0-9a-f]{128})>>>\nstartxref\n\d{1,9}\n%%EOF\n`)

// findSeal finds the last seal of a file; nil when there is none.
func findSeal(file []byte) *seal {
	const longest = 400
	at := bytes.LastIndex(file, []byte("/FenceSeal <"))
	if at < 0 {
		return nil
	}
	from := max(0, at-longest)
	all := sealTail.FindAllSubmatchIndex(file[from:min(len(file), at+longest)], -1)
	if len(all) == 0 {
		return nil
	}
	m := all[len(all)-1]
	start, size := number(file[from+m[2]:from+m[3]]), number(file[from+m[4]:from+m[5]])
	return &seal{certificate: span{start, start + size}, digits: span{from + m[6], from + m[7]}, end: from + m[1]}
}

// inspect goes from the outside in, so that the first difference is the one that explains the others.
func inspect(file []byte, trusted []ed25519.PublicKey) (r Report) {
	differ := func(format string, args ...any) { r.Differences = append(r.Differences, fmt.Sprintf(format, args...)) }
	if len(file) > maxFile {
		differ("The file is larger than %d MB: it is not a signed quote.", maxFile>>20)
		return r
	}
	s := findSeal(file)
	switch {
	case s == nil && bytes.Contains(file, []byte("/FenceSeal")):
		differ("The seal at the end of the file is damaged: bytes changed after the seal, or the end is cut off.")
		return r
	case s == nil:
		differ("The file carries no seal: it is not a signed quote, or its end is cut off.")
		return r
	case s.end != len(file):
		if before := inspect(file[:s.end], trusted); len(before.Differences) == 0 {
			differ("%d bytes were added after the seal. The file up to there is genuine.", len(file)-s.end)
		} else {
			differ("%d bytes stand after the seal, and the file before it was changed too.", len(file)-s.end)
		}
		return r
	}
	c, ok := readCertificate(file, s.certificate)
	if !ok {
		differ("The certificate in the file cannot be read: bytes changed after the seal.")
		return r
	}
	r.Certificate, r.KeyID = c, keyIDOf(c.PublicKey)
	r.SentPDF = file[:min(max(c.SentPDF.Bytes, 0), s.certificate.from)]
	text, message, err := c.message()
	if err != nil {
		differ("The certificate in the file cannot be read: bytes changed after the seal.")
		return r
	}
	r.Differences = append(r.Differences, c.keyProblems(trusted, message)...)
	r.Differences = append(r.Differences, c.contradictions(r.SentPDF)...)
	if !verifies(c.PublicKey, s.message(file, text, c.SentPDF.Bytes), string(file[s.digits.from:s.digits.to])) {
		differ("Bytes changed after the seal.")
	}
	return r
}

// readCertificate reads the attached certificate; it must be canonical, member for member.
func readCertificate(file []byte, at span) (c Certificate, ok bool) {
	if at.from < 0 || at.to > len(file) || at.from >= at.to {
		return c, false
	}
	text := file[at.from:at.to]
	if err := json.Unmarshal(text, &c, json.RejectUnknownMembers(true)); err != nil {
		return Certificate{}, false
	}
	again, err := c.Canonical()
	if err != nil || !bytes.Equal(again, text) || c.Format != certificateFormat {
		return Certificate{}, false
	}
	return c, true
}

// keyProblems tells whether a trusted key signed the statement.
func (c Certificate) keyProblems(trusted []ed25519.PublicKey, message []byte) []string {
	known := false
	for _, key := range trusted {
		known = known || len(key) == ed25519.PublicKeySize && hex.EncodeToString(key) == c.PublicKey
	}
	if !known {
		return []string{fmt.Sprintf("It was sealed with an unknown key %s…: whoever holds it could have changed anything.", keyIDOf(c.PublicKey))}
	}
	if !verifies(c.PublicKey, message, c.Signature) {
		return []string{"The certificate was changed after it was signed."}
	}
	return nil
}

// contradictions are places where the certificate differs from itself or from the pages before it.
func (c Certificate) contradictions(sent []byte) (words []string) {
	if hash := fingerprint(sent); hash != c.SentPDF.SHA256 || len(sent) != c.SentPDF.Bytes {
		words = append(words, fmt.Sprintf("The pages of the quote are not the ones that were signed: the certificate names the PDF %s, the file carries %s.", brief(c.SentPDF.SHA256), brief(hash)))
	}
	if c.Acceptance.SentPDFSHA256 != c.SentPDF.SHA256 {
		words = append(words, fmt.Sprintf("The signature was given for the PDF %s, the certificate names %s.", brief(c.Acceptance.SentPDFSHA256), brief(c.SentPDF.SHA256)))
	}
	for _, difference := range c.Acceptance.differs(c.Version) {
		switch difference.Pointer {
		case "/total_cents":
			words = append(words, "The total in the certificate "+difference.Message+".")
		case "/version_sha256":
			words = append(words, "The signature "+difference.Message+".")
		default:
			words = append(words, "In the certificate, "+difference.Pointer[1:]+" "+difference.Message+".")
		}
	}
	return words
}

// verifies reads key and signature in lower-case hexadecimal only: each has one way to be written.
func verifies(publicKey string, message []byte, signature string) bool {
	key, errKey := hex.DecodeString(publicKey)
	sig, errSig := hex.DecodeString(signature)
	return errKey == nil && errSig == nil && len(key) == ed25519.PublicKeySize &&
		hex.EncodeToString(key) == publicKey && hex.EncodeToString(sig) == signature &&
		ed25519.Verify(key, message, sig)
}
