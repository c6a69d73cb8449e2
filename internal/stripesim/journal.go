package stripesim

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

// noted is one line of a journal: a request that may have changed something, and when it came.
type noted struct {
	At      int64             `json:"at"`
	Method  string            `json:"method,omitempty"`
	Path    string            `json:"path,omitempty"`
	Live    bool              `json:"live,omitempty"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    string            `json:"body,omitempty"`
	Trouble Kind              `json:"trouble,omitempty"`
	// Seed is only in the first line: what was written with another seed means other objects.
	Seed uint64 `json:"seed,omitempty"`
}

// kept are the headers that decide what a request does.
var kept = []string{"Stripe-Account", "Idempotency-Key", "Content-Type"}

// journal writes down what happens. As the same calls give the same bytes, playing it again is a stored state.
type journal struct {
	file *os.File
	err  error
}

// Open makes a simulator that outlives its process: it plays what the file tells, and writes down what happens from then
// on. The configuration must be that of before, its clock may stand anywhere. What only a Go caller did (Authenticate,
// PayCheckout and their like) is not written down, nor are webhooks that were not sent: whoever missed one asks the API.
// Ids of requests are not those of before, as questions are not written down.
func Open(config Config, path string) (*Sim, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	s, err := play(config, file)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("journal %s: %w", path, err), file.Close())
	}
	s.journal = &journal{file: file}
	return s, nil
}

// play makes the simulator that a journal tells of, and leaves the file at the end of its last whole line.
func play(config Config, file *os.File) (*Sim, error) {
	in, end := bufio.NewReader(file), int64(0)
	s := (*Sim)(nil)
	for {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) { // what follows was cut off while it was written
			break
		}
		if err != nil {
			return nil, err
		}
		var e noted
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, err
		}
		end += int64(len(line))
		if s == nil {
			if e.Seed != config.Seed {
				return nil, errors.New("it was written with another seed")
			}
			config.Start = time.Unix(e.At, 0).UTC()
			s = New(config)
			continue
		}
		if err := s.playOne(e); err != nil {
			return nil, err
		}
	}
	if s != nil {
		s.deliveries = nil
		return s, errors.Join(file.Truncate(end), seek(file, end))
	}
	s = New(config)
	first := append(encode(noted{At: s.clock.now, Seed: config.Seed}), '\n')
	if err := errors.Join(file.Truncate(0), seek(file, 0)); err != nil {
		return nil, err
	}
	_, err := file.Write(first)
	return s, err
}

func seek(file *os.File, to int64) error {
	_, err := file.Seek(to, io.SeekStart)
	return err
}

func (s *Sim) playOne(e noted) error {
	s.Advance(time.Unix(e.At, 0))
	if e.Method == "" {
		return nil
	}
	r, err := http.NewRequestWithContext(context.Background(), e.Method, e.Path, strings.NewReader(e.Body))
	if err != nil {
		return err
	}
	for name, value := range e.Headers {
		r.Header.Set(name, value)
	}
	key := s.config.SecretKey
	if e.Live {
		key = s.config.LiveKey
	}
	r.Header.Set("Authorization", "Bearer "+key)
	if e.Trouble == FailBefore || e.Trouble == FailAfter {
		s.Inject(Fault{Kind: e.Trouble})
	}
	chaos := s.config.Chaos
	s.config.Chaos = Chaos{}
	s.ServeHTTP(&written{header: http.Header{}}, r) // it was answered long ago
	s.config.Chaos = chaos
	return nil
}

// note writes a request down before it is carried out. Reading changes nothing, and is not written.
func (s *Sim) note(r *http.Request, body string, trouble Kind) {
	if s.journal == nil || r.Method == http.MethodGet || r.Method == http.MethodHead {
		return
	}
	e := noted{At: s.clock.now, Method: r.Method, Path: r.URL.RequestURI(), Body: body, Headers: map[string]string{}, Trouble: trouble}
	for _, name := range kept {
		if value := r.Header.Get(name); value != "" {
			e.Headers[name] = value
		}
	}
	e.Live = s.config.LiveKey != "" && r.Header.Get("Authorization") == "Bearer "+s.config.LiveKey
	s.journal.write(e)
}

func (j *journal) write(e noted) {
	if _, err := j.file.Write(append(encode(e), '\n')); err != nil && j.err == nil {
		j.err = err
	}
}

// Close ends the journal, with the time that it is. It tells whether everything could be written down.
func (s *Sim) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.journal == nil {
		return nil
	}
	j := s.journal
	j.write(noted{At: s.clock.now})
	s.journal = nil
	return errors.Join(j.err, j.file.Close())
}
