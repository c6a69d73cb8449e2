package identity_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"fenceplatform.com/fence/internal/business/identity"
	"fenceplatform.com/fence/internal/business/tenancy"
)

const matrixFile = "testdata/roles.golden"

// TestRolesMayDoWhatTheTableSays keeps who may do what under review: a change of the matrix is a change of
// this file. FENCE_UPDATE=1 go test ./internal/business/identity writes it.
func TestRolesMayDoWhatTheTableSays(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	fmt.Fprintf(&b, "%-16s", "")
	for _, r := range identity.Roles {
		fmt.Fprintf(&b, " %-10s", r)
	}
	for _, p := range tenancy.Permissions {
		fmt.Fprintf(&b, "\n%-16s", p)
		for _, r := range identity.Roles {
			fmt.Fprintf(&b, " %-10s", r.Reach(p))
		}
	}
	var lines []string
	for line := range strings.Lines(b.String()) {
		lines = append(lines, strings.TrimRight(line, " \n"))
	}
	got := strings.Join(lines, "\n") + "\n"
	if os.Getenv("FENCE_UPDATE") != "" {
		if err := os.WriteFile(matrixFile, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(matrixFile)
	if err != nil || got != string(want) {
		t.Errorf("roles and permissions are not those of %s (%v). Intended? FENCE_UPDATE=1 go test ./internal/business/identity\n%s", matrixFile, err, got)
	}
}

func TestEveryPermissionHasARole(t *testing.T) {
	t.Parallel()
	for _, p := range tenancy.Permissions {
		who := identity.Who(p)
		if len(who) == 0 {
			t.Errorf("nobody may %s", p)
		}
		for _, r := range identity.Roles {
			if slices.Contains(who, r) != slices.Contains(r.Permissions(), p) {
				t.Errorf("%s of %s: the two ways to ask disagree", p, r)
			}
		}
		rows := 0
		for _, right := range identity.Rights() {
			if right.Permission == p {
				rows++
			}
		}
		if rows != 1 {
			t.Errorf("%s stands in %d rows of the matrix, want 1", p, rows)
		}
	}
	if len(identity.Role("boss").Permissions()) != 0 {
		t.Error("an unknown role may something")
	}
}
