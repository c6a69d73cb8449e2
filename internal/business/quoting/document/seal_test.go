package document_test

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/quoting/document"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/money"
)

// keyOf is a sealing key made of one letter.
func keyOf(letter string) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed([]byte(strings.Repeat(letter, ed25519.SeedSize)))
}

func public(key ed25519.PrivateKey) ed25519.PublicKey { return key.Public().(ed25519.PublicKey) }

// acceptance is Dana's: Premium with copper caps, drawn.
func acceptance(t testing.TB, v document.Version, sent []byte) document.Acceptance {
	t.Helper()
	hash, err := v.Hash()
	if err != nil {
		t.Fatal(err)
	}
	return document.Acceptance{
		Role: document.RoleHomeowner, Name: "Dana Ruiz", Consent: v.Consent.Version,
		Signature: document.Signature{Kind: document.SignatureDrawn, Aspect: 2.1, Strokes: [][][2]float64{
			{{0.1, 0.8}, {0.2, 0.2}, {0.35, 0.7}, {0.5, 0.4}}, {{0.6, 0.5}}, {{0.6, 0.6}, {0.9, 0.55}},
		}},
		Option: "premium", Extras: []string{"caps"}, TotalCents: 684_922 + 28_050 + 2_314, DepositCents: 150_000,
		At: time.Date(2026, 3, 4, 2, 12, 9, 0, time.UTC), TimeZone: "America/Chicago",
		Network: "203.0.113.9", Device: "Mozilla/5.0 (iPhone)", VersionSHA256: hash, SentPDFSHA256: sha(sent),
	}
}

// sealing is a whole signing with the given key.
func sealing(t testing.TB, v document.Version, key ed25519.PrivateKey) document.Sealing {
	t.Helper()
	sent, err := document.RenderQuote(v, document.Fonts{})
	if err != nil {
		t.Fatal(err)
	}
	return document.Sealing{Key: key, Version: v, SentPDF: sent, Acceptance: acceptance(t, v, sent)}
}

func seal(t testing.TB, in document.Sealing) []byte {
	t.Helper()
	file, _, err := document.Seal(in)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// small is a quote whose signed file is short enough to flip every byte of it.
func small() document.Version {
	v := referenceYard()
	v.Options = v.Options[1:2]
	v.Drawing.Layout.Segments = v.Drawing.Layout.Segments[:1]
	v.Options[0].Differs, v.Options[0].Lines, v.Options[0].Extras = nil, nil, v.Options[0].Extras[1:]
	v.Consent.Text, v.DepositWords = "", ""
	v.Drawing.Marks, v.Included, v.NotIncluded, v.Terms, v.SoldAtHome = nil, nil, nil, "", false
	return v
}

func TestSignedFileIsGenuineAndCarriesTheSentPDF(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]document.Version{"reference yard": referenceYard(), "small": small()} {
		in := sealing(t, v, keyOf("k"))
		file := seal(t, in)
		r, err := document.Verify(file, public(keyOf("other!"[:1])), public(in.Key))
		if err != nil || !r.Genuine {
			t.Fatalf("%s: Verify() = %v, %v", name, r.Differences, err)
		}
		if !bytes.Equal(r.SentPDF, in.SentPDF) {
			t.Errorf("%s: the sent PDF is not recovered", name)
		}
		if r.Certificate.Acceptance.Name != "Dana Ruiz" || r.Certificate.Version.Number != v.Number || r.KeyID != document.KeyID(public(in.Key)) {
			t.Errorf("%s: the report says %q, %s, key %s", name, r.Certificate.Acceptance.Name, r.Certificate.Version.Number, r.KeyID)
		}
		if want := "Genuine. Dana Ruiz signed Q-2026-000123, version 1 of Acme Fence, Premium for $7,152.86, on Tue, Mar 3, 2026, 8:12:09 PM CST (America/Chicago). Sealed with key " + r.KeyID + "."; r.String() != want {
			t.Errorf("%s: the report reads %q, want %q", name, r, want)
		}
		if !bytes.Equal(file, seal(t, in)) {
			t.Errorf("%s: sealing twice gives two files", name)
		}
	}
}

func TestSignedFileWithOurFontsIsGenuineAndSmall(t *testing.T) {
	t.Parallel()
	in := document.Sealing{Key: keyOf("k"), Version: referenceYard(), Fonts: fonts(t)}
	var err error
	if in.SentPDF, err = document.RenderQuote(in.Version, in.Fonts); err != nil {
		t.Fatal(err)
	}
	in.Acceptance = acceptance(t, in.Version, in.SentPDF)
	file := seal(t, in)
	if _, err := document.Verify(file, public(in.Key)); err != nil || len(file) > 500<<10 {
		t.Errorf("%d bytes, %v; want a genuine file of at most 500 KB", len(file), err)
	}
}

func TestCertificatePageSaysWhoAndHow(t *testing.T) {
	t.Parallel()
	in := sealing(t, referenceYard(), keyOf("k"))
	text := strings.ReplaceAll(words(t, seal(t, in)[len(in.SentPDF):]), "\n", " ")
	for _, want := range []string{
		"Certificate of signature", "Dana Ruiz, drawn", "Premium, $7,152.86, deposit $1,500.00", "Copper post caps, $303.64",
		"Tuesday, March 3, 2026, 8:12:09 PM CST (America/Chicago)", "203.0.113.9", "Mozilla/5.0 (iPhone)", "Consent 2026-01", "Until Fri, Mar 6, 2026, midnight",
		"NOT LATER THAN MIDNIGHT OF Fri, Mar 6, 2026.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the signed pages do not say %q", want)
		}
	}
	in.Acceptance.Role, in.Acceptance.RecordedBy = document.RoleStaff, "Sam Office"
	in.Acceptance.Signature = document.Signature{Kind: document.SignatureRecorded}
	text = strings.ReplaceAll(words(t, seal(t, in)[len(in.SentPDF):]), "\n", " ")
	if !strings.Contains(text, "Recorded by Sam Office of Acme Fence") {
		t.Error("an acceptance that staff recorded is not shown as such")
	}
}

// refused checks that no change makes a file genuine; it spreads the work over the processors.
func refused(t *testing.T, file []byte, trusted ed25519.PublicKey, places []int, flip byte) {
	t.Helper()
	var group sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		group.Go(func() {
			own := bytes.Clone(file)
			for i := w; i < len(places); i += workers {
				own[places[i]] ^= flip
				if r, err := document.Verify(own, trusted); err == nil || r.Genuine {
					t.Errorf("byte %d of %d flipped by %#x: still genuine", places[i], len(file), flip)
				}
				own[places[i]] ^= flip
			}
		})
	}
	group.Wait()
}

func TestNoByteCanBeFlipped(t *testing.T) {
	t.Parallel()
	in := sealing(t, small(), keyOf("k"))
	file := seal(t, in)
	// The sent pages are covered by one hash: the short form flips one byte in seven there, the long form all.
	stride := 1
	if testing.Short() {
		stride = 7
	}
	var every []int
	for i := 0; i < len(file); i++ {
		if i >= len(in.SentPDF) || i%stride == 0 {
			every = append(every, i)
		}
	}
	refused(t, file, public(in.Key), every, 0x01)
	// The trailer is what a reader starts from: there, the other seven bits too.
	trailer := every[len(every)-(len(file)-bytes.LastIndex(file, []byte("trailer"))):]
	for bit := 1; bit < 8; bit++ {
		refused(t, file, public(in.Key), trailer, 1<<bit)
	}
	t.Logf("%d bytes flipped", len(every)+7*len(trailer))
}

func TestFilesThatWereAlteredAreRefusedAndSaidWhy(t *testing.T) {
	t.Parallel()
	ours, theirs := keyOf("k"), keyOf("x")
	in := sealing(t, referenceYard(), ours)
	file := seal(t, in)
	cheaper := referenceYard()
	cheaper.Options[1].SubtotalCents -= 100_000
	cheaper.Options[1].Lines[0].PriceCents -= 100_000
	cheaper.Options[1].TotalCents -= 100_000
	forged := sealing(t, cheaper, theirs)
	forged.Acceptance.TotalCents -= 100_000
	other := sealing(t, cheaper, ours)
	other.Acceptance.TotalCents -= 100_000
	otherFile := seal(t, other)

	replaced := func(old, with string) []byte {
		if !bytes.Contains(file, []byte(old)) {
			t.Fatalf("the signed file does not contain %q", old)
		}
		return bytes.Replace(file, []byte(old), []byte(with), 1)
	}
	flipped := bytes.Clone(file)
	flipped[1_000] ^= 1
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"flipped in the sent pages":        {flipped, "The pages of the quote are not the ones that were signed"},
		"sealed again with another key":    {seal(t, forged), "It was sealed with an unknown key " + document.KeyID(public(theirs))},
		"appended":                         {append(bytes.Clone(file), "\n%%EOF\n"...), "7 bytes were added after the seal"},
		"cut off":                          {file[:len(file)-1], "The seal at the end of the file is damaged"},
		"cut to the sent PDF":              {in.SentPDF, "The file carries no seal"},
		"another file's update":            {append(bytes.Clone(in.SentPDF), otherFile[len(other.SentPDF):]...), "The certificate in the file cannot be read"},
		"total changed in the certificate": {replaced(`"total_cents":715286`, `"total_cents":615286`), "The certificate was changed after it was signed."},
		"name changed in the certificate":  {replaced(`"name":"Dana Ruiz","network"`, `"name":"Lana Ruiz","network"`), "The certificate was changed after it was signed."},
		"signature in capitals":            {upperSeal(file), "The seal at the end of the file is damaged"},
		"certificate not canonical":        {replaced(`{"acceptance":{`, `{"acceptance" {`), "The certificate in the file cannot be read"},
		"no PDF at all":                    {[]byte("hello"), "The file carries no seal"},
		"empty":                            {nil, "The file carries no seal"},
		"two seals":                        {append(bytes.Clone(file), file...), "Bytes changed after the seal."},
	} {
		r, err := document.Verify(c.file, public(ours))
		if !fault.Is(err, fault.Invalid) || r.Genuine {
			t.Errorf("%s: Verify() = %v, genuine %v", name, err, r.Genuine)
			continue
		}
		if !strings.Contains(strings.Join(r.Differences, " "), c.want) {
			t.Errorf("%s: differences are %q, want %q among them", name, r.Differences, c.want)
		}
	}
	if r, err := document.Verify(file); err == nil || r.Genuine {
		t.Error("a file is genuine to somebody who trusts no key")
	}
}

func upperSeal(file []byte) []byte {
	out := bytes.Clone(file)
	at := bytes.LastIndex(out, []byte("/FenceSeal <")) + len("/FenceSeal <")
	copy(out[at:], bytes.ToUpper(out[at:at+128]))
	return out
}

func TestReportNamesWhichTotalDiffers(t *testing.T) {
	t.Parallel()
	in := sealing(t, referenceYard(), keyOf("k"))
	file := bytes.Replace(seal(t, in), []byte(`"total_cents":715286`), []byte(`"total_cents":615286`), 1)
	r, _ := document.Verify(file, public(in.Key))
	want := "The total in the certificate is $6,152.86, but Premium with the chosen extras is $7,152.86."
	if !strings.Contains(strings.Join(r.Differences, " "), want) {
		t.Errorf("differences are %q, want %q among them", r.Differences, want)
	}
}

func TestTruncatedFilesAreRefused(t *testing.T) {
	t.Parallel()
	in := sealing(t, small(), keyOf("k"))
	file := seal(t, in)
	for length := 0; length < len(file); length += 1 + length%97 {
		if _, err := document.Verify(file[:length], public(in.Key)); err == nil {
			t.Errorf("%d of %d bytes are genuine", length, len(file))
		}
	}
}

func TestOnlyAnAcceptanceOfThisVersionIsSealed(t *testing.T) {
	t.Parallel()
	for pointer, spoil := range map[string]func(*document.Sealing){
		"/option":          func(in *document.Sealing) { in.Acceptance.Option = "gold" },
		"/extras":          func(in *document.Sealing) { in.Acceptance.Extras = []string{"caps", "caps"} },
		"/total_cents":     func(in *document.Sealing) { in.Acceptance.TotalCents-- },
		"/deposit_cents":   func(in *document.Sealing) { in.Acceptance.DepositCents = money.Max },
		"/version_sha256":  func(in *document.Sealing) { in.Version.Terms += "." },
		"/sent_pdf_sha256": func(in *document.Sealing) { in.SentPDF = append(in.SentPDF, ' ') },
		"/consent_version": func(in *document.Sealing) { in.Acceptance.Consent = "2025-01" },
		"/name":            func(in *document.Sealing) { in.Acceptance.Name = " . " },
		"/role":            func(in *document.Sealing) { in.Acceptance.Role = "" },
		"/time_zone":       func(in *document.Sealing) { in.Acceptance.TimeZone = "" },
		"/recorded_by": func(in *document.Sealing) {
			in.Acceptance.Role, in.Acceptance.Signature = document.RoleStaff, document.Signature{Kind: document.SignatureRecorded}
		},
		"/signature/kind":    func(in *document.Sealing) { in.Acceptance.Signature = document.Signature{} },
		"/signature/strokes": func(in *document.Sealing) { in.Acceptance.Signature.Strokes = nil },
		"/signature/aspect":  func(in *document.Sealing) { in.Acceptance.Signature.Aspect = 0 },
	} {
		in := sealing(t, referenceYard(), keyOf("k"))
		spoil(&in)
		_, _, err := document.Seal(in)
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: Seal() = %v, want an invalid fault", pointer, err)
			continue
		}
		if got := fault.As(err).Fields[0].Pointer; got != pointer {
			t.Errorf("Seal() names %s, want %s", got, pointer)
		}
	}
}

func TestDrawnSignaturesAreBounded(t *testing.T) {
	t.Parallel()
	stroke := func(points int) [][2]float64 {
		line := make([][2]float64, points)
		for i := range line {
			line[i] = [2]float64{float64(i) / float64(points), 0.5}
		}
		return line
	}
	draw := func(strokes ...[][2]float64) error {
		return document.Signature{Kind: document.SignatureDrawn, Aspect: 2, Strokes: strokes}.Check()
	}
	if err := draw(stroke(document.MaxSignaturePoints)); err != nil {
		t.Errorf("%d points: %v, want them accepted", document.MaxSignaturePoints, err)
	}
	for name, err := range map[string]error{
		"one point too many": draw(stroke(document.MaxSignaturePoints), stroke(1)),
		"a dot":              draw([][2]float64{{0.5, 0.5}}),
		"outside":            draw([][2]float64{{0, 0}, {1.01, 0}}),
		"no number":          draw([][2]float64{{0, 0}, {nan(), 0}, {1, 1}}),
		"typed with strokes": document.Signature{Kind: document.SignatureTyped, Strokes: [][][2]float64{stroke(9)}}.Check(),
	} {
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: Check() = %v, want an invalid fault", name, err)
		}
	}
}

func nan() float64 { var zero float64; return zero / zero }

func FuzzVerify(f *testing.F) {
	in := sealing(f, small(), keyOf("k"))
	file := seal(f, in)
	trusted := public(in.Key)
	f.Add(file)
	f.Add(in.SentPDF)
	f.Add(file[len(in.SentPDF):])
	f.Add([]byte("trailer\n<</Size 9 /Root 1 0 R /Prev 1 /FenceCertificate [0 999999999] /FenceSeal <" + strings.Repeat("0", 128) + ">>>\nstartxref\n1\n%%EOF\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := document.Verify(data, trusted)
		if (err == nil) != r.Genuine || r.Genuine != (len(r.Differences) == 0) {
			t.Fatalf("Verify() = %v, genuine %v, differences %q", err, r.Genuine, r.Differences)
		}
		if r.Genuine && !bytes.Equal(data, file) {
			t.Fatal("a file that was never sealed is genuine")
		}
	})
}

func ExampleVerify() {
	report, err := document.Verify([]byte("not a quote"))
	fmt.Println(report.Genuine, err)
	// Output: false The file carries no seal: it is not a signed quote, or its end is cut off.
}

// Signed files are kept for years: what was sealed once stays genuine. When this fails, the canonical form
// changed; add the member so that it is left out when empty instead of rewriting the file.
func TestFilesSealedEarlierStayGenuine(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("testdata/signed-1.pdf")
	if err != nil {
		t.Fatal(err)
	}
	if r, err := document.Verify(file, public(keyOf("k"))); err != nil {
		t.Errorf("Verify() = %v, differences %q", err, r.Differences)
	}
	const want = "f72c7f2588e500b0dfdb7a74dd23fd897e0ece6d632008386d6220b302ab6836"
	if got, err := referenceYard().Hash(); err != nil || got != want {
		t.Errorf("the reference yard's hash is %s, %v; want %s", got, err, want)
	}
}

// A reader that does not repair files must find every object where the tables say it is.
func TestTablesOfTheSignedFilePointAtItsObjects(t *testing.T) {
	t.Parallel()
	file := seal(t, sealing(t, referenceYard(), keyOf("k")))
	entry := regexp.MustCompile(`(?m)^(\d+) 1\n(\d{10}) 00000 n $`)
	found := entry.FindAllSubmatch(file, -1)
	if len(found) < 10 {
		t.Fatalf("%d objects in the update, want at least pages, fonts, certificate and catalog", len(found))
	}
	for _, m := range found {
		at, err := strconv.Atoi(string(m[2]))
		if err != nil {
			t.Fatal(err)
		}
		if head := string(m[1]) + " 0 obj\n"; !bytes.HasPrefix(file[at:], []byte(head)) {
			t.Errorf("object %s is not at %d", m[1], at)
		}
	}
	length := regexp.MustCompile(`/EmbeddedFile /Subtype /application#2Fjson /Length (\d+) `).FindSubmatch(file)
	size, err := strconv.Atoi(string(length[1]))
	if err != nil {
		t.Fatal(err)
	}
	if from := bytes.Index(file, []byte(`{"acceptance"`)); !bytes.HasPrefix(file[from+size:], []byte("\nendstream\n")) {
		t.Errorf("the certificate's stream is not %d bytes long", size)
	}
}
