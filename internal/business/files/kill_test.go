package files_test

import (
	"bytes"
	"context"
	"fmt"
	"image/jpeg"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/business/files"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/blob"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/tasks"
	"fenceplatform.com/fence/internal/testkit"
	"fenceplatform.com/fence/internal/testkit/bucket"
	"fenceplatform.com/fence/internal/testkit/mortal"
)

// uploader is the role of a process that uploads photos and removes some until it is killed.
const uploader = "upload photos"

// uploadUntilKilled says a line at each step, what was kept, and what is about to be removed.
func uploadUntilKilled() int {
	if err := uploadAll(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func uploadAll(ctx context.Context) error {
	seed, err := strconv.ParseUint(os.Getenv("UPLOAD_SEED"), 10, 64)
	if err != nil {
		return err
	}
	store, err := storeOf(os.Getenv("UPLOAD_FOLDER"), os.Getenv("UPLOAD_S3"))
	if err != nil {
		return err
	}
	db, err := pg.Open(ctx, os.Getenv("UPLOAD_TO"), pg.Options{ContextKeys: testkit.ContextKeys, MaxConns: 2})
	if err != nil {
		return err
	}
	queue, err := tasks.NewQueue()
	if err != nil {
		return err
	}
	site, err := tenancy.NewSite("http://fence.localhost:8080")
	if err != nil {
		return err
	}
	a, err := tenancy.InTask(ctx, db, testkit.A.ID)
	if err != nil {
		return err
	}
	a = a.As(tenancy.Person, testkit.A.Crew(), "Carl Crew", "crew", tenancy.Permissions)
	service := files.NewService(options(db, queue, store, os.Getenv("UPLOAD_SPOOL"), site))
	service.AtStep(func(step string) { fmt.Println("at " + step) })
	var kept []id.ID
	for dice := rand.New(rand.NewPCG(seed, 8)); ; {
		if len(kept) > 0 && dice.IntN(4) == 0 {
			fmt.Println("removes " + kept[0].String())
			if _, err := service.Remove(ctx, a, kept[0]); err != nil {
				return err
			}
			kept = kept[1:]
			continue
		}
		f, err := uploadSome(ctx, service, a, dice)
		if fault.Is(err, fault.Unavailable) { // the same bytes are just being deleted
			continue
		}
		if err != nil {
			return err
		}
		kept = append(kept, f.ID)
		fmt.Println("kept " + f.ID.String())
	}
}

// uploadSome sends one of few pictures, so that most of them are there already, or on their way by somebody who died.
func uploadSome(ctx context.Context, service *files.Service, a tenancy.Actor, dice *rand.Rand) (files.File, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, drawn(64, 48, dice.Uint64N(40)), nil); err != nil {
		return files.File{}, err
	}
	return service.Upload(ctx, a, photo("photo.jpg", b.Bytes()))
}

// storeOf opens the folder, or the S3 that listens at an address.
func storeOf(folder, s3 string) (blob.Store, error) {
	if s3 == "" {
		return blob.OpenDir(folder)
	}
	endpoint, key, _ := strings.Cut(s3, " ")
	return blob.NewS3(blob.S3Options{Endpoint: endpoint, Bucket: "files", Region: "us-east-1", AccessKey: "fence", SecretKey: key})
}

// Processes are killed in the middle of uploads, wherever they are: afterwards no bytes are without a row, no row is
// without its bytes, storage is counted exactly, and what somebody was told is kept is there. In a folder and in an S3.
func TestKillsInMidUploadLeaveNoOrphans(t *testing.T) {
	t.Parallel()
	for _, place := range []string{"folder", "S3"} {
		t.Run(place, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			s3 := ""
			if place == "S3" {
				server := bucket.Start(t)
				w.folder, s3 = server.Folder, server.Endpoint+" "+server.SecretKey
				store, err := storeOf("", s3)
				if err != nil {
					t.Fatal(err)
				}
				w.blobs.Store = store
			}
			w.killUploads(t, s3)
		})
	}
}

func (w *world) killUploads(t *testing.T, s3 string) {
	kills := 10
	if os.Getenv("FENCE_USAGE") == "long" {
		kills = 100
	}
	dice := rand.New(rand.NewPCG(2026, 8))
	alive, steps := map[string]bool{}, map[string]int{} // of files, and where the processes were last
	w.Untouched(t, testkit.B, func() {
		for n := range kills {
			p := mortal.Start(t, uploader, "UPLOAD_TO="+w.URL("fence_app"), "UPLOAD_FOLDER="+w.folder, "UPLOAD_S3="+s3, "UPLOAD_SPOOL="+w.spool, fmt.Sprintf("UPLOAD_SEED=%d", n))
			said := p.Lines(1 + dice.IntN(60))
			said = append(said, p.Kill()...)
			if !p.Killed() {
				t.Fatalf("the process of kill %d ended by itself", n)
			}
			for _, line := range said {
				what, file, _ := strings.Cut(line, " ")
				switch what {
				case "kept":
					alive[file] = true
				case "removes":
					delete(alive, file)
				}
			}
			steps[said[len(said)-1]]++
			w.wantBalance(t, fmt.Sprintf("after kill %d", n))
			if n%10 == 9 { // time goes by, and what is due is done
				w.Advance(t, 2*time.Hour)
				w.doTasks(t)
				w.sweepLater(t)
			}
		}
		w.Advance(t, 2*time.Hour)
		w.doTasks(t)
		w.sweepLater(t)
	})
	told := len(alive)
	w.wantWhole(t, alive)
	for step := range steps {
		if what, _, _ := strings.Cut(step, " "); what != "at" {
			delete(steps, step)
		}
	}
	t.Logf("%d kills, at last heard %v; told of %d files that are kept", kills, steps, told)
}

// wantWhole fails unless rows and bytes are each other's, and the files that there should be are there.
func (w *world) wantWhole(t *testing.T, alive map[string]bool) {
	t.Helper()
	if again := w.sweepLater(t); again != (files.Swept{}) {
		t.Errorf("one more sweep found %+v", again)
	}
	counted, rows := w.level(t)
	n, lie := w.lying(t)
	blobs := w.count(t, `SELECT count(*)::int FROM app.blobs WHERE org_id = $1 AND state = 'stored'`)
	others := w.count(t, `SELECT count(*)::int FROM app.blobs WHERE org_id = $1 AND state <> 'stored'`)
	if counted != lie || rows != lie || n != blobs || others != 0 {
		t.Errorf("%d bytes counted, %d by the rows, %d lie there; %d blobs lie there, %d rows of them and %d of others", counted, rows, lie, n, blobs, others)
	}
	if unused := w.count(t, `SELECT count(*)::int FROM app.blobs b WHERE org_id = $1 AND uses <> (SELECT count(*) FROM app.file_forms f WHERE f.org_id = b.org_id AND f.sha256 = b.sha256)`); unused != 0 {
		t.Errorf("%d blobs are used otherwise than they say", unused)
	}
	if pending := w.count(t, `SELECT count(*)::int FROM app.files WHERE org_id = $1 AND state <> 'stored'`); pending != 0 {
		t.Errorf("%d files are neither stored nor gone", pending)
	}
	for _, file := range testkit.Values[string](t, w.Database, `SELECT id::text FROM app.files WHERE org_id = $1`, testkit.A.ID) {
		delete(alive, file) // more may be there than somebody was told
	}
	if len(alive) != 0 {
		t.Errorf("%d files were kept, as somebody was told, and are gone: %v", len(alive), alive)
	}
	// Who is killed between making a file and taking its name leaves a name with nothing in it, for the next start.
	if err := files.ClearSpool(w.spool, time.Now().Add(2*time.Hour)); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(w.spool); err != nil || len(left) != 0 {
		t.Errorf("%v, %v lies in the spool", left, err)
	}
}
