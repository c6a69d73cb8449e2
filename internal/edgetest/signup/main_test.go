package signup

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/app"
	"fenceplatform.com/fence/internal/platform/config"
	"fenceplatform.com/fence/internal/platform/halt"
	"fenceplatform.com/fence/internal/stripesim"
	"fenceplatform.com/fence/internal/testkit"
)

// served is the variable that makes of this program a process that serves, with the settings in it.
const served = "FENCE_SIGNUP_SERVES"

func TestMain(m *testing.M) {
	if text := os.Getenv(served); text != "" {
		if err := serveAsChild(text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(testkit.Main(m))
}

// long tells that the long form was asked for.
func long() bool { return os.Getenv("FENCE_SIGNUP") == "long" }

// serveAsChild serves until it is killed. The name of a place on a line of its own on the standard input has the
// process killed where it is reached next.
func serveAsChild(text string) error {
	var settings config.Settings
	if err := json.Unmarshal([]byte(text), &settings); err != nil {
		return err
	}
	var deadly atomic.Value
	deadly.Store("")
	go func() {
		for in := bufio.NewScanner(os.Stdin); in.Scan(); fmt.Println("armed") {
			deadly.Store(in.Text())
		}
		os.Exit(2) // whoever started it is gone
	}()
	ctx := halt.With(context.Background(), func(place string) {
		if place == deadly.Load() {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL) // and nothing after it
			select {}
		}
	})
	a, err := app.New(ctx, settings, slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})))
	if err != nil {
		return err
	}
	return a.Run(ctx)
}

// world is a database with the product in front of it, whose payment provider is the simulator.
type world struct {
	*testkit.Database
	settings config.Settings
	sim      *stripesim.Sim
	stripe   *httptest.Server
	gate     atomic.Value // http.HandlerFunc in front of the simulator; none when nil
	client   *http.Client
}

const base = "fence.localhost"

func setup(t *testing.T) *world {
	t.Helper()
	w := &world{Database: testkit.NewDatabase(t), sim: stripesim.New(stripesim.Config{Seed: 5, SecretKey: "sk_test_simulated"})}
	w.stripe = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if h, ok := w.gate.Load().(http.HandlerFunc); ok && h != nil {
			h(rw, r)
			return
		}
		w.sim.ServeHTTP(rw, r)
	}))
	t.Cleanup(w.stripe.Close)
	w.settings = config.Settings{
		Listen: free(t), AdminListen: free(t), PublicURL: "http://" + base, DataDir: t.TempDir(),
		DatabaseURL: w.URL("fence_app"), SystemURL: w.URL("fence_system"), MailFrom: "mail@" + base,
		SealKey: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", Connections: 8, ContextKeys: testkit.ContextKey,
		StripeKey: "sk_test_simulated", StripeAddress: w.stripe.URL, StripeSecrets: "whsec_nobody",
	}
	w.client = &http.Client{
		Timeout:       20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{MaxIdleConnsPerHost: 100, DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, w.settings.Listen)
		}},
	}
	return w
}

func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// inside serves in this process, until the test ends.
func (w *world) inside(t *testing.T) *app.App {
	t.Helper()
	var diary testkit.Diary
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the server wrote:\n%.6000s", diary.String())
		}
	})
	a, err := app.New(t.Context(), w.settings, slog.New(slog.NewTextHandler(&diary, &slog.HandlerOptions{Level: slog.LevelError})))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("serving ended: %v", err)
		}
		a.Close(context.WithoutCancel(ctx))
	})
	return a
}

// child is a process that serves and can be killed.
type child struct {
	cmd   *exec.Cmd
	arm   io.Writer
	armed *bufio.Scanner
	ended chan struct{}
}

// start starts one and waits until it is ready.
func (w *world) start(t *testing.T) *child {
	t.Helper()
	text, err := json.Marshal(w.settings)
	if err != nil {
		t.Fatal(err)
	}
	c := &child{cmd: exec.Command(os.Args[0]), ended: make(chan struct{})}
	c.cmd.Env = append(os.Environ(), served+"="+string(text))
	var errs strings.Builder
	c.cmd.Stderr = &errs
	in, err := c.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.arm, c.armed = in, bufio.NewScanner(out)
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(c.ended)
		_ = c.cmd.Wait() // killed, most often
	}()
	for began := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		res, err := http.Get("http://" + w.settings.AdminListen + "/readyz")
		if err == nil {
			_ = res.Body.Close() // it says one word
			if res.StatusCode == http.StatusOK {
				return c
			}
		}
		if c.dead() || time.Since(began) > time.Minute {
			t.Fatalf("the process does not serve: %s", errs.String())
		}
	}
}

func (c *child) dead() bool {
	select {
	case <-c.ended:
		return true
	default:
		return false
	}
}

func (c *child) kill() {
	_ = c.cmd.Process.Kill() // it may be gone
	<-c.ended
}

// dieAt has the process killed at the place.
func (c *child) dieAt(t *testing.T, place string) {
	t.Helper()
	if _, err := fmt.Fprintln(c.arm, place); err != nil || !c.armed.Scan() {
		t.Fatalf("the process is not there to be told: %v", err)
	}
}

// answer is what a request got.
type answer struct {
	status   int
	header   http.Header
	location *url.URL
	cookies  []*http.Cookie
	body     string
}

// post sends a form; no slug is the apex. Header fields come in pairs.
func (w *world) post(slug, path string, form url.Values, header ...string) (answer, error) {
	return w.send("POST", slug, path, form.Encode(), header...)
}

func (w *world) send(method, slug, path, body string, header ...string) (answer, error) {
	host := base
	if slug != "" {
		host = slug + "." + base
	}
	r, err := http.NewRequest(method, "http://"+host+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for n := 0; n+1 < len(header); n += 2 {
		r.Header.Set(header[n], header[n+1])
	}
	res, err := w.client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	a := answer{status: res.StatusCode, header: res.Header, cookies: res.Cookies(), body: string(b)}
	if to := res.Header.Get("Location"); to != "" && err == nil {
		a.location, err = url.Parse(to)
	}
	return a, err
}

// customers are how many the provider has for each organization.
func (w *world) customers(t *testing.T) map[string]int {
	t.Helper()
	found := map[string]int{}
	for after := ""; ; {
		r := httptest.NewRequest("GET", "/v1/customers?limit=100"+after, nil)
		r.Header.Set("Authorization", "Bearer sk_test_simulated")
		rec := httptest.NewRecorder()
		w.sim.ServeHTTP(rec, r)
		var page struct {
			More bool `json:"has_more"`
			Data []struct {
				ID       string            `json:"id"`
				Metadata map[string]string `json:"metadata"`
			} `json:"data"`
		}
		if err := json.Unmarshal(rec.Body.Bytes(), &page); err != nil || rec.Code != http.StatusOK {
			t.Fatalf("list customers: %d %s %v", rec.Code, rec.Body, err)
		}
		for _, c := range page.Data {
			found[c.Metadata["org_id"]]++
			after = "&starting_after=" + c.ID
		}
		if !page.More {
			return found
		}
	}
}
