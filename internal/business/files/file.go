package files

import (
	"encoding/hex"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// State is where a file stands.
type State string

// The states. What is given back or gone has no row.
const (
	Reserved State = "reserved"
	Stored   State = "stored"
	Removed  State = "removed"
)

// Form is one of a file's bytes.
type Form string

// The forms. A document has its original only.
const (
	Original  Form = "original"
	Shown     Form = "shown"     // made by us, without what the camera wrote into the file
	Thumbnail Form = "thumbnail" // of it
)

// ours tells that we made the bytes: a browser may show them.
func (f Form) ours() bool { return f == Shown || f == Thumbnail }

// Record is what a file belongs to.
type Record struct {
	Type string `json:"type"` // "job"
	ID   id.ID  `json:"id"`
}

// File is something that somebody uploaded.
type File struct {
	ID            id.ID     `json:"id"`
	Of            Record    `json:"of"`
	Kind          Kind      `json:"kind"`
	Name          string    `json:"name"`
	Caption       string    `json:"caption"`
	State         State     `json:"state"`
	MediaType     string    `json:"media_type"`
	Size          int64     `json:"size"`
	SHA256        string    `json:"sha256"`
	Width         int       `json:"width"` // of the shown picture
	Height        int       `json:"height"`
	CreatedBy     id.ID     `json:"created_by"`
	CreatedByName string    `json:"created_by_name"`
	CreatedAt     time.Time `json:"created_at"`
	Version       int       `json:"version"`
}

// removedFor is how long a removed file can be brought back.
const removedFor = time.Hour

const fileSQL = `SELECT f.id, f.record_type, f.record_id, f.kind, f.name, f.caption, f.state, o.media_type, b.size, o.sha256, coalesce(s.width, 0), coalesce(s.height, 0),
		f.created_by, f.created_by_name, f.created_at, f.version
	FROM app.files f
	JOIN app.file_forms o ON o.org_id = f.org_id AND o.file_id = f.id AND o.form = 'original'
	JOIN app.blobs b ON b.org_id = o.org_id AND b.sha256 = o.sha256
	LEFT JOIN app.file_forms s ON s.org_id = f.org_id AND s.file_id = f.id AND s.form = 'shown'
	WHERE f.org_id = $1`

const (
	oneSQL  = fileSQL + ` AND f.id = $2 AND f.state = 'stored'`
	listSQL = fileSQL + ` AND f.record_type = $2 AND f.record_id = $3 AND f.kind = $4 AND f.state = 'stored' ORDER BY f.id LIMIT $5`
)

// maxListed is how many files of a record are shown; MaxOfRecord keeps it from having more.
const maxListed = MaxOfRecord

func scanFile(row pgx.CollectableRow) (File, error) {
	var f File
	var sum []byte
	err := row.Scan(&f.ID, &f.Of.Type, &f.Of.ID, &f.Kind, &f.Name, &f.Caption, &f.State, &f.MediaType, &f.Size, &sum, &f.Width, &f.Height,
		&f.CreatedBy, &f.CreatedByName, &f.CreatedAt, &f.Version)
	f.SHA256 = hex.EncodeToString(sum)
	return f, err
}

// QueueFile reads a stored file, with other statements of one round trip. None is a NotFound fault.
func QueueFile(r *pg.Reading, t pg.Tenant, file id.ID, dst *File) {
	r.Rows(func(rows pgx.Rows) (err error) {
		*dst, err = pgx.CollectExactlyOneRow(rows, scanFile)
		return err
	}, oneSQL, t.Org(), file)
}

// QueueFiles reads the stored files of a record, the oldest first, with other statements of one round trip.
func QueueFiles(r *pg.Reading, t pg.Tenant, of Record, kind Kind, dst *[]File) {
	r.Rows(func(rows pgx.Rows) (err error) {
		*dst, err = pgx.CollectRows(rows, scanFile)
		return err
	}, listSQL, t.Org(), of.Type, of.ID, kind, maxListed)
}

// Taken is how many bytes the plan's storage counts: of blobs in use, and of room for what is on its way.
func Taken(tx *pg.OrgTx) (n int64, err error) {
	err = tx.QueryRow(`SELECT (SELECT coalesce(sum(size), 0) FROM app.blobs WHERE org_id = $1 AND uses > 0)::bigint
		+ (SELECT coalesce(sum(reserved_bytes), 0) FROM app.files WHERE org_id = $1)::bigint`, tx.Tenant().Org()).Scan(&n)
	return n, err
}
