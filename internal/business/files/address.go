package files

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"io"
	"path"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// An address holds between five and ten minutes: within five, a page shows the same again, and browsers need not ask.
const (
	addressStep = 5 * time.Minute
	addressAge  = 2 * addressStep
)

// formCodes are how an address names a form.
var formCodes = map[Form]byte{Original: 1, Shown: 2, Thumbnail: 3}

// ticket is what an address says and its signature holds together.
type ticket struct {
	org, file id.ID
	form      Form
	until     time.Time
}

const ticketSize = 16 + 16 + 1 + 8

func (t ticket) bytes() []byte {
	b := make([]byte, 0, ticketSize+sha256.Size)
	b = append(append(append(b, t.org[:]...), t.file[:]...), formCodes[t.form])
	return binary.BigEndian.AppendUint64(b, uint64(t.until.Unix()))
}

func (s *Service) sign(b []byte) []byte {
	m := hmac.New(sha256.New, s.key)
	_, _ = m.Write(b) // never fails
	return m.Sum(nil)
}

// Address is where a form of a file can be had for the next minutes, by whoever has the address.
func (s *Service) Address(org, file id.ID, form Form, now time.Time) string {
	b := ticket{org, file, form, now.Truncate(addressStep).Add(addressAge)}.bytes()
	return s.site.Of(tenancy.FilesHost, "/"+base64.RawURLEncoding.EncodeToString(append(b, s.sign(b)...)))
}

// View is a file with the addresses of its forms.
type View struct {
	File
	Addresses map[Form]string
}

// Views gives files their addresses.
func (s *Service) Views(t pg.Tenant, now time.Time, all ...File) []View {
	views := make([]View, len(all))
	for i, f := range all {
		views[i] = View{f, map[Form]string{Original: s.Address(t.Org(), f.ID, Original, now)}}
		if f.Kind == Photo {
			views[i].Addresses[Shown] = s.Address(t.Org(), f.ID, Shown, now)
			views[i].Addresses[Thumbnail] = s.Address(t.Org(), f.ID, Thumbnail, now)
		}
	}
	return views
}

// readTicket takes an address that we signed apart.
func (s *Service) readTicket(token string) (ticket, bool) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(b) != ticketSize+sha256.Size || !hmac.Equal(b[ticketSize:], s.sign(b[:ticketSize])) {
		return ticket{}, false
	}
	t := ticket{org: id.ID(b[:16]), file: id.ID(b[16:32]), until: time.Unix(int64(binary.BigEndian.Uint64(b[33:ticketSize])), 0)}
	for form, code := range formCodes {
		if code == b[32] {
			t.form = form
			return t, true
		}
	}
	return ticket{}, false
}

// Content is a form of a file that is being served.
type Content struct {
	Name      string
	MediaType string
	Size      int64
	Hash      string
	Ours      bool          // we made it, so a browser may show it; anything else is for saving
	For       time.Duration // how long its address holds
	// Open reads from an offset to the end.
	Open func(ctx context.Context, offset int64) (io.ReadCloser, error)
}

// Find is the form of a file that a signed address stands for. One that is wrong, over or of another organization, and
// a file that is not there, are the same.
func (s *Service) Find(ctx context.Context, token string) (Content, error) {
	t, ok := s.readTicket(token)
	if !ok {
		return Content{}, fault.Missing()
	}
	var c Content
	var sum []byte
	tenant := tenancy.Addressed(t.org)
	now, err := s.db.Read(ctx, tenant, func(r *pg.Reading) {
		r.Row([]any{&c.Name, &c.MediaType, &c.Size, &sum}, `SELECT f.name, o.media_type, b.size, b.sha256
			FROM app.files f
			JOIN app.file_forms o ON o.org_id = f.org_id AND o.file_id = f.id AND o.form = $3
			JOIN app.blobs b ON b.org_id = o.org_id AND b.sha256 = o.sha256 AND b.state = 'stored'
			WHERE f.org_id = $1 AND f.id = $2 AND f.state = 'stored'`, tenant.Org(), t.file, t.form)
	})
	if err != nil {
		return Content{}, err
	}
	if c.For = t.until.Sub(now); c.For <= 0 {
		return Content{}, fault.Missing()
	}
	key := blobKey(t.org, sum)
	c.Hash, c.Ours = hex.EncodeToString(sum), t.form.ours()
	if c.Ours {
		c.Name = strings.TrimSuffix(c.Name, path.Ext(c.Name)) + ".jpg"
	}
	c.Open = func(ctx context.Context, offset int64) (io.ReadCloser, error) {
		body, err := s.blobs.Get(ctx, key, offset, -1)
		if err != nil {
			return nil, noPlace(err)
		}
		return body, nil
	}
	return c, nil
}
