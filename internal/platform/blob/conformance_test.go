package blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// conform holds a store to what Store promises. raw lists whatever lies there, whole or not.
func conform(t *testing.T, s Store) {
	t.Run("what was put is there", func(t *testing.T) { whatWasPut(t, s) })
	t.Run("ranges", func(t *testing.T) { ranges(t, s) })
	t.Run("whole or not at all", func(t *testing.T) { wholeOrNot(t, s) })
	t.Run("no other keys", func(t *testing.T) { noOtherKeys(t, s) })
	t.Run("list", func(t *testing.T) { lists(t, s) })
	t.Run("at once", func(t *testing.T) { atOnce(t, s) })
	t.Run("tidy keeps what is whole", func(t *testing.T) {
		put(t, s, "tidy/kept", []byte("kept"))
		if err := s.Tidy(t.Context(), time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		want(t, s, "tidy/kept", []byte("kept"))
	})
}

func put(t *testing.T, s Store, key string, b []byte) {
	t.Helper()
	if err := s.Put(t.Context(), key, bytes.NewReader(b), int64(len(b))); err != nil {
		t.Fatalf("put %s: %v", key, err)
	}
}

func get(t *testing.T, s Store, key string, offset, length int64) ([]byte, error) {
	t.Helper()
	r, err := s.Get(t.Context(), key, offset, length)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(r)
	return b, errors.Join(err, r.Close())
}

func want(t *testing.T, s Store, key string, b []byte) {
	t.Helper()
	if got, err := get(t, s, key, 0, -1); err != nil || !bytes.Equal(got, b) {
		t.Errorf("%s: %d bytes, %v, want the %d that were put", key, len(got), err, len(b))
	}
}

func wantMissing(t *testing.T, s Store, key string) {
	t.Helper()
	if _, err := s.Stat(t.Context(), key); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("stat of %s: %v, want that it does not exist", key, err)
	}
	if _, err := get(t, s, key, 0, -1); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("get of %s: %v, want that it does not exist", key, err)
	}
}

// pattern is n bytes that tell where they stand.
func pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*7 ^ i>>8 ^ i>>16)
	}
	return b
}

func whatWasPut(t *testing.T, s Store) {
	for _, n := range []int{0, 1, 4096, 3<<20 + 17} {
		key := fmt.Sprintf("put/%d", n)
		wantMissing(t, s, key)
		began := time.Now()
		put(t, s, key, pattern(n))
		want(t, s, key, pattern(n))
		info, err := s.Stat(t.Context(), key)
		if err != nil || info.Key != key || info.Size != int64(n) || info.At.Before(began.Add(-2*time.Second)) || info.At.After(time.Now().Add(2*time.Second)) {
			t.Errorf("stat of %s: %+v, %v", key, info, err)
		}
		put(t, s, key, []byte("something else"))
		want(t, s, key, []byte("something else"))
		for range 2 { // a second time there is nothing to forget
			if err := s.Delete(t.Context(), key); err != nil {
				t.Errorf("delete %s: %v", key, err)
			}
		}
		wantMissing(t, s, key)
	}
	big := pattern(2*partSize + 5) // in parts, where there are some
	if err := s.Put(t.Context(), "put/unknown", io.MultiReader(bytes.NewReader(big)), -1); err != nil {
		t.Fatal(err)
	}
	want(t, s, "put/unknown", big)
	wantMissing(t, s, "put") // which only leads to keys
}

func ranges(t *testing.T, s Store) {
	b := pattern(100_000)
	put(t, s, "range/b", b)
	for _, r := range []struct{ offset, length, n int64 }{
		{0, -1, 100_000}, {0, 1, 1}, {0, 100_000, 100_000}, {1, -1, 99_999}, {99_999, -1, 1}, {99_999, 1, 1}, {500, 1000, 1000}, {99_000, 5000, 1000},
	} {
		got, err := get(t, s, "range/b", r.offset, r.length)
		if err != nil || !bytes.Equal(got, b[r.offset:r.offset+r.n]) {
			t.Errorf("%d bytes from %d: got %d, %v, want %d", r.length, r.offset, len(got), err, r.n)
		}
	}
	for _, r := range [][2]int64{{100_000, -1}, {100_000, 1}, {1 << 40, 1}, {-1, 5}, {0, 0}, {5, 0}} {
		if got, err := get(t, s, "range/b", r[0], r[1]); !errors.Is(err, ErrRange) {
			t.Errorf("%d bytes from %d: got %d, %v, want ErrRange", r[1], r[0], len(got), err)
		}
	}
	if _, err := get(t, s, "range/none", 5, 5); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a range of nothing: %v", err)
	}
}

// wholeOrNot cuts bodies at many places: no key appears, and what was there stays.
func wholeOrNot(t *testing.T, s Store) {
	b := pattern(200_000)
	put(t, s, "whole/old", []byte("the old one"))
	broken := errors.New("the line is cut")
	for _, cut := range []int{0, 1, 4095, 65_536, 199_999, 200_000} {
		for _, key := range []string{"whole/new", "whole/old"} {
			body := io.MultiReader(bytes.NewReader(b[:cut]), iotest.ErrReader(broken))
			for _, size := range []int64{int64(len(b)), -1} {
				if err := s.Put(t.Context(), key, body, size); err == nil {
					t.Errorf("a body cut after %d bytes was put", cut)
				}
			}
		}
	}
	for what, size := range map[string]int64{"longer": 199_999, "shorter": 200_001, "much shorter": 0, "twice": 100_000} {
		if err := s.Put(t.Context(), "whole/new", bytes.NewReader(b), size); !errors.Is(err, ErrSize) {
			t.Errorf("a body that is %s than was said: %v, want ErrSize", what, err)
		}
	}
	ended, end := context.WithCancel(t.Context())
	body := io.MultiReader(bytes.NewReader(b), readFunc(func([]byte) (int, error) { end(); return 0, nil }), bytes.NewReader(b))
	if err := s.Put(ended, "whole/new", body, int64(2*len(b))); err == nil {
		t.Error("a body whose request ended was put")
	}
	wantMissing(t, s, "whole/new")
	want(t, s, "whole/old", []byte("the old one"))
}

type readFunc func([]byte) (int, error)

func (f readFunc) Read(p []byte) (int, error) {
	n, err := f(p)
	if n == 0 && err == nil {
		return 0, io.EOF // once
	}
	return n, err
}

// noOtherKeys tries names that a file system, an address or a signature could read in another way.
func noOtherKeys(t *testing.T, s Store) {
	odd := []string{
		"", "/", ".", "..", "a/", "/a", "a//b", "../a", "a/../b", "a/..", "./a", "a/./b", ".unfinished/a", "a.b", "~", "~root", "-/..",
		"a\\b", "..\\a", "C:", "c:\\a", "//host/a", "file:///etc/passwd", "etc/passwd\x00", "a\x00b", "a\nb", "a\rb", "a\tb", "a b", " a", "a ",
		"%2e%2e/a", "%2f", "a%00", "a?b", "a#b", "a*", "a+b", "a&b", "a=b", "a;b", "a|b", "a'b", `a"b`, "a<b", "a>b", "$(id)", "`id`", "a:b", "a@b",
		"A", "É", "é", "é", "文", "\u202egpj.exe", "\ufeffa", "a\u200bb", "a\u00a0b", "∕", "．．/a", "\xff", "a\xc0\xafb", "\xed\xa0\x80", "\U0001f600",
		"nul\u0000", "con.", "aux:", "lpt1.txt", "a_b", "a,b", "(a)", "[a]", "{a}", "a^b", "a!b", strings.Repeat("a", maxKey+1), strings.Repeat("a/", maxKey) + "a", "\x7f", "\x1b[2J",
	}
	for _, key := range odd {
		if err := s.Put(t.Context(), key, strings.NewReader("x"), 1); !errors.Is(err, ErrKey) {
			t.Errorf("put %q: %v, want ErrKey", key, err)
		}
		if _, err := s.Get(t.Context(), key, 0, -1); !errors.Is(err, ErrKey) {
			t.Errorf("get %q: %v, want ErrKey", key, err)
		}
		if _, err := s.Stat(t.Context(), key); !errors.Is(err, ErrKey) {
			t.Errorf("stat %q: %v, want ErrKey", key, err)
		}
		if err := s.Delete(t.Context(), key); !errors.Is(err, ErrKey) {
			t.Errorf("delete %q: %v, want ErrKey", key, err)
		}
	}
	for _, prefix := range []string{"..", "../", "a/../", "/", "A", "\x00"} {
		for _, err := range s.List(t.Context(), prefix) {
			if !errors.Is(err, ErrKey) {
				t.Errorf("list %q: %v, want ErrKey", prefix, err)
			}
		}
	}
	longest := strings.Repeat("a", maxKey/2) + "/" + strings.Repeat("b", maxKey/2-1)
	put(t, s, longest, []byte("x"))
	want(t, s, longest, []byte("x"))
	t.Logf("%d odd names", len(odd))
}

func lists(t *testing.T, s Store) {
	all := []string{"list/a/1", "list/a/2", "list/ab/1", "list/b", "list/c/d/e"}
	for n, key := range all {
		put(t, s, key, pattern(n))
	}
	for prefix, keys := range map[string][]string{
		"list/": all, "list": all, "list/a/": all[:2], "list/a": all[:3], "list/b": all[3:4], "list/c/d/": all[4:], "list/z": nil, "nothing/here/": nil,
	} {
		var got []string
		for info, err := range s.List(t.Context(), prefix) {
			if err != nil {
				t.Fatalf("list %s: %v", prefix, err)
			}
			if n := slices.Index(all, info.Key); n < 0 || info.Size != int64(n) || info.At.IsZero() {
				t.Errorf("list %s: %+v", prefix, info)
			}
			got = append(got, info.Key)
		}
		slices.Sort(got)
		if !slices.Equal(got, keys) {
			t.Errorf("list %s: %v, want %v", prefix, got, keys)
		}
	}
	for range s.List(t.Context(), "list/") {
		break // and nothing goes on behind it
	}
}

// atOnce has many put the same key, as two people who upload the same photo do: it is one of theirs, and whole.
func atOnce(t *testing.T, s Store) {
	bodies := [][]byte{bytes.Repeat([]byte("a"), 300_000), bytes.Repeat([]byte("b"), 200_000)}
	done := make(chan error)
	for n := range 12 {
		go func() { done <- s.Put(t.Context(), "once/a", bytes.NewReader(bodies[n%2]), int64(len(bodies[n%2]))) }()
	}
	for range 12 {
		if err := <-done; err != nil {
			t.Error(err)
		}
		if b, err := get(t, s, "once/a", 0, -1); err != nil || !bytes.Equal(b, bodies[0]) && !bytes.Equal(b, bodies[1]) {
			t.Errorf("%d bytes, %v, that nobody put", len(b), err)
		}
	}
}
