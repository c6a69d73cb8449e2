package blob

import (
	"bytes"
	"io"
	"net"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/minio/minio-go/v7"

	"fenceplatform.com/fence/internal/testkit/bucket"
)

// server is an S3 of this machine, and how it is opened.
type server struct {
	*bucket.Server
	options S3Options
}

func startS3(t *testing.T) server {
	t.Helper()
	b := bucket.Start(t)
	return server{b, S3Options{Endpoint: b.Endpoint, Bucket: b.Bucket, Region: b.Region, AccessKey: b.AccessKey, SecretKey: b.SecretKey}}
}

func (s server) open(t *testing.T) *S3 {
	t.Helper()
	store, err := NewS3(s.options)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func TestS3KeepsWhatStorePromises(t *testing.T) {
	t.Parallel()
	s := startS3(t)
	store := s.open(t)
	conform(t, store)
	partsThatNeverEndedAreGivenUp(t, store)
	other := s.options
	other.SecretKey = "another"
	stranger, err := NewS3(other)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stranger.Stat(t.Context(), "tidy/kept"); err == nil {
		t.Error("a wrong key opened the bucket")
	}
	cutConnections(t, s)
}

// partsThatNeverEndedAreGivenUp leaves a Put half-way, as a process that is killed does.
func partsThatNeverEndedAreGivenUp(t *testing.T, s *S3) {
	id, err := s.core.NewMultipartUpload(t.Context(), s.bucket, "killed/a", minio.PutObjectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.core.PutObjectPart(t.Context(), s.bucket, "killed/a", id, 1, strings.NewReader("half"), 4, minio.PutObjectPartOptions{}); err != nil {
		t.Fatal(err)
	}
	left := func() (n int) {
		for range s.core.Client.ListIncompleteUploads(t.Context(), s.bucket, "", true) {
			n++
		}
		return n
	}
	for _, young := range []bool{true, false} {
		before := time.Now().Add(time.Hour)
		if young {
			before = time.Now().Add(-time.Hour)
		}
		if err := s.Tidy(t.Context(), before); err != nil {
			t.Fatal(err)
		}
		if got := left() > 0; got != young {
			t.Errorf("young: %v, left: %v", young, got)
		}
	}
}

// cutConnections puts a proxy between that closes in the middle, and ends the server at last.
func cutConnections(t *testing.T, s server) {
	store := s.open(t)
	put(t, store, "cut/old", []byte("the old one"))
	direct := s.options.Endpoint
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() { // lets 100,000 bytes of each connection through
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = c.Close() }()
				up, err := net.Dial("tcp", strings.TrimPrefix(direct, "http://"))
				if err != nil {
					return
				}
				defer func() { _ = up.Close() }()
				_, _ = io.CopyN(up, c, 100_000)
			}()
		}
	}()
	s.options.Endpoint = "http://" + l.Addr().String()
	behind := s.open(t)
	for _, key := range []string{"cut/new", "cut/old"} {
		body := iotest.HalfReader(bytes.NewReader(pattern(400_000)))
		if err := behind.Put(t.Context(), key, body, 400_000); err == nil {
			t.Errorf("put %s over a cut line went through", key)
		}
	}
	wantMissing(t, store, "cut/new")
	want(t, store, "cut/old", []byte("the old one"))
	s.Stop()
	began := time.Now()
	if err := store.Put(t.Context(), "cut/new", strings.NewReader("x"), 1); err == nil {
		t.Error("put into a server that is gone went through")
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it took %s to say that the server is gone", took)
	}
}

func TestS3EndpointIsAnAddress(t *testing.T) {
	t.Parallel()
	for _, endpoint := range []string{"", "s3.example.com", "ftp://s3.example.com", "https://", "https://s3.example.com/bucket"} {
		if _, err := NewS3(S3Options{Endpoint: endpoint, Bucket: "files"}); err == nil {
			t.Errorf("%q is taken for an endpoint", endpoint)
		}
	}
}
