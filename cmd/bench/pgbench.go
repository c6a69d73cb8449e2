package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"fenceplatform.com/fence/internal/platform/id"
)

// script is a transaction of pgbench: a file, and the values that every client begins with.
type script struct {
	path   string
	values []string // "name=value"
}

// moving takes every transaction to another company and customer, as every request of the product.
const moving = `\set n random(%d, %d)
\set i random(%d, %d)
\set key random(1, 9000000000000000000)
`

// Ids are put together from numbers.
const (
	movingOrg      = `('00000000-0000-7000-8000-00000000' || :n)`
	movingCustomer = `('0000' || :n || '-0000-7000-8000-00000000' || :i)`
)

// writeScript makes a transaction of the recorded statements. A constant is a variable too, so that as many
// parameters travel.
func writeScript(dir, name string, trips []trip, r recording) (script, error) {
	s := script{path: filepath.Join(dir, strings.ReplaceAll(name, " ", "-")+".pgbench")}
	var b strings.Builder
	fmt.Fprintf(&b, moving, first, first+organizations-1, first, first+customersEach-1)
	for _, t := range trips {
		b.WriteString("\\startpipeline\n")
		for _, st := range t {
			names := make([]string, len(st.args))
			for i, arg := range st.args {
				names[i] = s.stand(arg, r)
			}
			b.WriteString(placeholder.ReplaceAllStringFunc(st.sql, func(p string) string {
				n, _ := strconv.Atoi(p[1:]) // digits by the pattern
				return names[n-1]
			}))
			b.WriteString(";\n")
		}
		b.WriteString("\\endpipeline\n")
	}
	return s, os.WriteFile(s.path, []byte(b.String()), 0o644)
}

var placeholder = regexp.MustCompile(`\$\d+`)

// stand is what stands in the script for an argument.
func (s *script) stand(arg any, r recording) string {
	var text string
	switch v := arg.(type) {
	case id.ID:
		text = v.String()
	case []byte: // a hash, or a document
		text = string(v)
		if !jsontext.Value(v).IsValid() {
			text = `\x` + hex.EncodeToString(v)
		}
	case time.Time:
		text = v.Format(time.RFC3339Nano)
	case time.Duration:
		text = fmt.Sprintf("%f seconds", v.Seconds())
	default:
		text = fmt.Sprint(v)
	}
	switch text {
	case r.org.String():
		return movingOrg + "::uuid"
	case r.customer.String():
		return movingCustomer + "::uuid"
	case r.created.String():
		return "gen_random_uuid()"
	case r.key:
		return ":key"
	}
	if isContext(text) {
		return contextOf(text)
	}
	name := fmt.Sprint("v", len(s.values))
	s.values = append(s.values, name+"="+text)
	return ":" + name
}

var (
	rateLine   = regexp.MustCompile(`(?m)^tps = ([0-9.]+)`)
	meanLine   = regexp.MustCompile(`(?m)^latency average = ([0-9.]+) ms`)
	countLine  = regexp.MustCompile(`(?m)^number of transactions actually processed: ([0-9]+)`)
	failedLine = regexp.MustCompile(`(?m)^number of failed transactions: 0 `)
)

// pgbench runs a script as the product's role from as many clients as the product has.
func (db *database) pgbench(ctx context.Context, s script, during time.Duration) (result, error) {
	args := []string{
		"--no-vacuum", "--protocol=prepared", "--client=" + strconv.Itoa(connections), "--jobs=2",
		"--time=" + strconv.Itoa(max(1, int(during.Seconds()))), "--file=" + s.path,
		"--host=" + db.cluster.SocketDir(), "--username=fence_app",
	}
	for _, v := range s.values {
		args = append(args, "--define="+v)
	}
	cmd := exec.CommandContext(ctx, db.program("pgbench"), append(args, databaseName)...)
	var errOut bytes.Buffer
	cmd.Stderr = &errOut
	out, err := cmd.Output()
	if err != nil {
		first, _, _ := strings.Cut(errOut.String(), "\n") // the others say the same of other clients
		return result{}, fmt.Errorf("%w: %s", err, first)
	}
	if !failedLine.Match(out) {
		return result{}, fmt.Errorf("pgbench: transactions failed: %s", out)
	}
	rate, err := number(rateLine, out)
	if err != nil {
		return result{}, err
	}
	count, err := number(countLine, out)
	if err != nil {
		return result{}, err
	}
	mean, err := number(meanLine, out)
	return result{count: int(count), perSecond: rate, mean: time.Duration(mean * float64(time.Millisecond))}, err
}

func number(line *regexp.Regexp, out []byte) (float64, error) {
	m := line.FindSubmatch(out)
	if m == nil {
		return 0, fmt.Errorf("pgbench said nothing like %s: %s", line, out)
	}
	return strconv.ParseFloat(string(m[1]), 64)
}
