package files_test

import (
	"strings"
	"sync"
	"testing"

	"fenceplatform.com/fence/internal/business/files"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/testkit"
)

// Captions are changed over the version that was read; of two who do it at once one is told.
func TestCaptionsChangeOverWhatWasRead(t *testing.T) {
	t.Parallel()
	w := setup(t)
	f := w.upload(t, "a.jpg", small(t, 1))
	crew := w.actor(t, testkit.A, tenancy.FilesAdd)
	say := func(a tenancy.Actor, version int, caption string) (files.File, error) {
		return w.files.Describe(t.Context(), a, files.DescribeInput{File: f.ID, Version: version, Caption: caption})
	}
	w.Untouched(t, testkit.B, func() {
		now, err := w.files.Describe(t.Context(), keyed(crew, "a caption"), files.DescribeInput{File: f.ID, Version: f.Version, Caption: " Posts are set "})
		if err != nil || now.Caption != "Posts are set" || now.Version != f.Version+1 {
			t.Fatalf("%+v, %v", now, err)
		}
		again, err := say(keyed(crew, "a caption"), f.Version, " Posts are set ")
		if err != nil || again.Version != now.Version {
			t.Errorf("sent again: %+v, %v", again, err)
		}
		_, err = say(crew, f.Version, "Mine")
		if stale := wantFault(t, "over an older version", err, fault.Conflict, fault.CodeStale); stale.Facts["current_version"] != now.Version {
			t.Errorf("told %v", stale.Facts)
		}
		if same, err := say(crew, now.Version, "Posts are set"); err != nil || same.Version != now.Version {
			t.Errorf("the same caption: %+v, %v", same, err)
		}
		won := make([]error, 6)
		var all sync.WaitGroup
		for i := range won {
			all.Go(func() { _, won[i] = say(crew, now.Version, name(i)) })
		}
		all.Wait()
		winners := 0
		for _, err := range won {
			if err == nil {
				winners++
				continue
			}
			wantFault(t, "one of six at once", err, fault.Conflict, fault.CodeStale)
		}
		if winners != 1 {
			t.Errorf("%d of six at once changed it, want one", winners)
		}
	})
	if n := w.count(t, `SELECT count(*)::int FROM app.audit_entries WHERE org_id = $1 AND content LIKE '%file.described%'`); n != 2 {
		t.Errorf("the log has %d entries of it, want 2", n)
	}
	for what, caption := range map[string]string{"a long one": strings.Repeat("x", 301), "a zero": "a\x00b", "no UTF-8": "a\xff"} {
		_, err := say(crew, 3, caption)
		wantField(t, what, err, "/caption")
	}
	_, err := say(w.actor(t, testkit.A, tenancy.JobsRead), 3, "x")
	wantFault(t, "without the right", err, fault.Forbidden, "forbidden")
	for what, file := range map[string]id.ID{"another company's": testkit.B.File(), "nobody's": id.New()} {
		_, err := w.files.Describe(t.Context(), crew, files.DescribeInput{File: file, Version: 1, Caption: "x"})
		wantFault(t, what, err, fault.NotFound, "not-found")
	}
	w.Exec(t, `UPDATE app.organizations SET plan = 'trial', trial_ends_at = '2026-01-10T00:00:00Z' WHERE org_id = $1`, testkit.A.ID)
	_, err = say(w.actor(t, testkit.A, tenancy.Permissions...), 3, "x")
	wantFault(t, "while read-only", err, fault.LimitReached, "subscription-required")
}
