package document

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"fenceplatform.com/fence/internal/platform/fault"
)

// Sealing is what a signed file is made of.
type Sealing struct {
	Key        ed25519.PrivateKey
	Version    Version
	SentPDF    []byte // as RenderQuote made it and the customer read it
	Acceptance Acceptance
	Fonts      Fonts
}

// Seal makes the signed file: the sent PDF, the pages that signing adds, the certificate and the seal.
// The same input gives the same bytes.
func Seal(in Sealing) (signedPDF []byte, c Certificate, err error) {
	if len(in.Key) != ed25519.PrivateKeySize {
		return nil, c, fault.New(fault.Internal, "seal-key", "The sealing key is not set up.")
	}
	if err := in.Version.Check(); err != nil {
		return nil, c, err
	}
	a := in.Acceptance.normal()
	if err := a.Check(in.Version); err != nil {
		return nil, c, err
	}
	if a.SentPDFSHA256 != fingerprint(in.SentPDF) {
		return nil, c, fault.InvalidField("/sent_pdf_sha256", "is not the PDF that was sent")
	}
	base, err := readPDF(in.SentPDF)
	if err != nil {
		return nil, c, fmt.Errorf("sent PDF: %w", err)
	}
	if c, err = signed(in.Key, in.Version.normal(), in.SentPDF, a); err != nil {
		return nil, c, err
	}
	pages, err := signaturePages(c, in.Fonts)
	if err != nil {
		return nil, c, fmt.Errorf("pages of the signature: %w", err)
	}
	signedPDF, err = assemble(base, pages, c, in.Key)
	return signedPDF, c, err
}

// assemble appends pages, certificate and seal to the sent PDF.
func assemble(base *pdfFile, pages []byte, c Certificate, key ed25519.PrivateKey) ([]byte, error) {
	kids, err := base.kids()
	if err != nil {
		return nil, err
	}
	added, err := readPDF(pages)
	if err != nil {
		return nil, err
	}
	update := newUpdate(base)
	more, err := update.adopt(added)
	if err != nil {
		return nil, err
	}
	update.pages(append(kids, more...))
	text, err := c.Canonical()
	if err != nil {
		return nil, err
	}
	place := update.attach(text)
	table := update.table()
	return finish(update, place, table, key, c)
}

// attach embeds the certificate, uncompressed so that it can be read with any tool, and lists it in the
// catalog. It gives the place of the certificate's text.
func (u *pdfUpdate) attach(text []byte) (place span) {
	stream, file := u.reserve(), u.reserve()
	head := fmt.Appendf(nil, "<</Type /EmbeddedFile /Subtype /application#2Fjson /Length %d /Params <</Size %d>>>>\nstream\n", len(text), len(text))
	u.object(stream, bytes.Join([][]byte{head, text, []byte("\nendstream\n")}, nil))
	place.from = u.offsets[stream] + len(fmt.Sprintf("%d 0 obj\n", stream)) + len(head)
	place.to = place.from + len(text)
	u.object(file, fmt.Appendf(nil, "<</Type /Filespec /F (%s) /UF (%s) /Desc (Certificate of the signature) /EF <</F %d 0 R>>>>\n", certificateName, certificateName, stream))
	u.object(u.base.root, fmt.Appendf(nil, "<</Type /Catalog /Version /1.7 /Pages 1 0 R /Lang (en-US) /Names <</EmbeddedFiles <</Names [(%s) %d 0 R]>>>>>>\n", certificateName, file))
	return place
}

// span is a part of a file.
type span struct{ from, to int }

// The end of a signed file has a fixed form, so that nothing in it is read in two ways.
const tailForm = "trailer\n<</Size %d /Root %d 0 R /Prev %d /FenceCertificate [%d %d] /FenceSeal <%s>>>\nstartxref\n%d\n%%%%EOF\n"

// finish writes the trailer with the seal over everything else.
func finish(u *pdfUpdate, certificate span, table int, key ed25519.PrivateKey, c Certificate) ([]byte, error) {
	blank := string(bytes.Repeat([]byte("0"), 2*ed25519.SignatureSize))
	tail := fmt.Sprintf(tailForm, u.next, u.base.root, u.base.xref, certificate.from, certificate.to-certificate.from, blank, table)
	u.out.WriteString(tail)
	file := u.out.Bytes()
	seal := findSeal(file)
	if seal == nil {
		return nil, errNotOurs
	}
	text, _, err := c.message()
	if err != nil {
		return nil, err
	}
	message := seal.message(file, text, c.SentPDF.Bytes)
	copy(file[seal.digits.from:seal.digits.to], hex.EncodeToString(ed25519.Sign(key, message)))
	return file, nil
}

// message is what the seal signs: the statement, the sent PDF, and the file without the seal's own digits.
func (s seal) message(file, statement []byte, sentBytes int) []byte {
	whole := sha256.New()
	whole.Write(file[:s.digits.from])
	whole.Write(file[s.digits.to:])
	sent := file[:min(max(sentBytes, 0), len(file))]
	return fmt.Appendf(nil, "%s%s\n%s\n%d\n%s\n", sealDomain, fingerprint(statement), fingerprint(sent), len(file), hex.EncodeToString(whole.Sum(nil)))
}
