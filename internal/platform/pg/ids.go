package pg

import (
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgtype"

	"fenceplatform.com/fence/internal/platform/id"
)

// idCodec sends and reads an id.ID as the 16 bytes that it is. The driver does not know the type and would take
// the way of database/sql, for every id of every statement: print it, make the error that a text is no binary
// value, and send the text.
type idCodec struct{ pgtype.UUIDCodec }

// registerIDs teaches a connection the type, also as an array.
func registerIDs(m *pgtype.Map) {
	t := &pgtype.Type{Name: "uuid", OID: pgtype.UUIDOID, Codec: idCodec{}}
	m.RegisterType(t)
	m.RegisterType(&pgtype.Type{Name: "_uuid", OID: pgtype.UUIDArrayOID, Codec: &pgtype.ArrayCodec{ElementType: t}})
}

// PlanEncode is asked once for each type of Go and connection.
func (c idCodec) PlanEncode(m *pgtype.Map, oid uint32, format int16, value any) pgtype.EncodePlan {
	if _, ok := value.(id.ID); ok && format == pgtype.BinaryFormatCode {
		return encodeID{}
	}
	return c.UUIDCodec.PlanEncode(m, oid, format, value)
}

// PlanScan is asked once for each type of Go and connection.
func (c idCodec) PlanScan(m *pgtype.Map, oid uint32, format int16, target any) pgtype.ScanPlan {
	if _, ok := target.(*id.ID); ok && format == pgtype.BinaryFormatCode {
		return scanID{}
	}
	return c.UUIDCodec.PlanScan(m, oid, format, target)
}

type encodeID struct{}

func (encodeID) Encode(value any, buf []byte) ([]byte, error) {
	v, ok := value.(id.ID)
	if !ok {
		return nil, fmt.Errorf("%T is not an id", value)
	}
	return append(buf, v[:]...), nil
}

type scanID struct{}

func (scanID) Scan(src []byte, target any) error {
	v, ok := target.(*id.ID)
	if !ok {
		return fmt.Errorf("%T takes no id", target)
	}
	if src == nil {
		return errors.New("an id is NULL")
	}
	if len(src) != len(v) {
		return fmt.Errorf("an id of %d bytes", len(src))
	}
	copy(v[:], src)
	return nil
}
