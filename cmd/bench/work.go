package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// request writes one HTTP request behind b and says what status answers it.
type request func(b []byte, random *rand.Rand) (_ []byte, status int)

// work is one row of the table.
type work struct {
	name    string
	request request
	trips   []trip
	script  script

	product, pgbench []result
}

// result is what one turn of either gave.
type result struct {
	count     int
	perSecond float64
	p50, p99  time.Duration // of the product
	mean      time.Duration // of pgbench
	spent     spent         // for each
}

// turn measures both, one after the other.
func (w *work) turn(ctx context.Context, each time.Duration, db *database, s *server, m *meter) error {
	got, err := m.over(func() (result, error) { return drive(ctx, s.address, w.request, each) })
	if err != nil {
		return err
	}
	w.product = append(w.product, got)
	if err := db.renewContexts(ctx); err != nil {
		return err
	}
	beside, err := m.over(func() (result, error) { return db.pgbench(ctx, w.script, each) })
	if err != nil {
		return err
	}
	w.pgbench = append(w.pgbench, beside)
	return nil
}

// profile drives the server once more while it writes down where its time goes.
func (w *work) profile(ctx context.Context, p plan, s *server) error {
	seconds := max(1, int(p.each.Seconds()))
	done := make(chan error, 1)
	go func() {
		_, err := drive(ctx, s.address, w.request, time.Duration(seconds)*time.Second+500*time.Millisecond)
		done <- err
	}()
	err := fetch(ctx, fmt.Sprintf("http://%s/profile?seconds=%d", s.profiling, seconds),
		filepath.Join(p.profiles, strings.ReplaceAll(w.name, " ", "-")+".pprof"))
	if driveErr := <-done; driveErr != nil {
		return driveErr
	}
	return err
}

func fetch(ctx context.Context, url, path string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s %w", url, answer.Status, err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, b, 0o644)
}

// listRequest asks for the first page of a company.
func listRequest(b []byte, random *rand.Rand) ([]byte, int) {
	n := first + random.IntN(organizations)
	b = append(b, "GET /v1/customers HTTP/1.1\r\n"...)
	b = appendCompany(b, n)
	return append(b, "\r\n"...), http.StatusOK
}

// getRequest asks for one customer of a company.
func getRequest(b []byte, random *rand.Rand) ([]byte, int) {
	n := first + random.IntN(organizations)
	b = append(b, "GET /v1/customers/"...)
	b = append(b, customerID(n, first+random.IntN(customersEach)).String()...)
	b = append(b, " HTTP/1.1\r\n"...)
	b = appendCompany(b, n)
	return append(b, "\r\n"...), http.StatusOK
}

const newCustomer = `{"name":"` + newName + `","company":"` + newCompany + `","email":"` + newEmail + `","phone":"` + newPhone + `","notes":"` + newNotes + `"}`

// createRequest makes a customer, with the key that makes a repeat harmless.
func createRequest(b []byte, random *rand.Rand) ([]byte, int) {
	n := first + random.IntN(organizations)
	b = append(b, "POST /v1/customers HTTP/1.1\r\nContent-Type: application/json\r\n"...)
	b = appendCompany(b, n)
	b = fmt.Appendf(b, "Idempotency-Key: %016x%016x\r\nContent-Length: %d\r\n\r\n", random.Uint64(), random.Uint64(), len(newCustomer))
	return append(b, newCustomer...), http.StatusCreated
}

func appendCompany(b []byte, n int) []byte {
	b = append(b, "Host: "...)
	b = append(b, slug(n)...)
	b = append(b, "."+baseHost+"\r\nAuthorization: Bearer "...)
	b = append(b, tokens[n-first]...)
	return append(b, "\r\n"...)
}
