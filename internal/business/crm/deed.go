package crm

import (
	"fmt"

	"github.com/go-json-experiment/json"

	"fenceplatform.com/fence/internal/business/audit"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Kinds of records in the audit log.
const (
	customerRecord = "customer"
	propertyRecord = "property"
)

func record(tx *pg.OrgTx, a tenancy.Actor, recordType string, recordID id.ID, deed string, before, after any) error {
	return audit.Record(tx, a, audit.Deed{Action: recordType + "." + deed, RecordType: recordType, RecordID: recordID, Before: before, After: after})
}

// differences are the members of two contents that are not the same, as they were and as they are. Both are
// nil when nothing differs.
func differences[T comparable](before, after T) (was, is map[string]any, err error) {
	if before == after {
		return nil, nil, nil
	}
	if was, err = members(before); err != nil {
		return nil, nil, err
	}
	if is, err = members(after); err != nil {
		return nil, nil, err
	}
	for name, v := range was {
		if is[name] == v {
			delete(was, name)
			delete(is, name)
		}
	}
	return was, is, nil
}

func members(v any) (map[string]any, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("compare records: %w", err)
	}
	var m map[string]any
	if err := json.Unmarshal(text, &m); err != nil {
		return nil, fmt.Errorf("compare records: %w", err)
	}
	return m, nil
}
