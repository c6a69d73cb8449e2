package blob

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"github.com/minio/minio-go/v7"
)

// server is an S3 of this machine, over a folder.
type server struct {
	options S3Options
	process *exec.Cmd
}

// startS3 starts one on a port of its own, and stops it with the test.
func startS3(t *testing.T) server {
	t.Helper()
	program, err := filepath.Abs("../../../bin/tools/versitygw")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(program); err != nil {
		t.Fatal("no S3 to test with: make bin/tools/versitygw")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	s := server{options: S3Options{Endpoint: "http://" + address, Bucket: "files", Region: "us-east-1", AccessKey: "fence", SecretKey: "four posts and a gate"}}
	// Its metadata lie beside the files: not every file system of a test has extended attributes.
	s.process = exec.Command(program, "--quiet", "--port", address, "posix", "--sidecar", t.TempDir(), t.TempDir())
	s.process.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+s.options.AccessKey, "ROOT_SECRET_KEY="+s.options.SecretKey)
	var said bytes.Buffer
	s.process.Stdout, s.process.Stderr = &said, &said
	s.process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = s.process.Process.Kill()
		_ = s.process.Wait() // it was killed
	})
	store := s.open(t)
	for end := time.Now().Add(30 * time.Second); ; {
		err := store.core.MakeBucket(t.Context(), s.options.Bucket, minio.MakeBucketOptions{})
		if err == nil {
			return s
		}
		if time.Now().After(end) {
			t.Fatalf("the S3 does not answer: %v\n%s", err, said.String())
		}
		time.Sleep(50 * time.Millisecond) // it has no other way to say that it listens
	}
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
	if err := s.process.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
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
