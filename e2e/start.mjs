// Starts the demo on free ports with a database of its own, and stops it at the end.
import { spawn } from "node:child_process";
import { mkdtempSync, chmodSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** Tuesday morning at the clinics; the clock then runs. */
const CLOCK = "2026-11-24T18:00:00Z";

export default async function start() {
  const root = path.resolve(import.meta.dirname, "..");
  const program = path.join(process.env.CARGO_TARGET_DIR ?? path.join(root, "target"), "debug", "voxanne");
  const dir = mkdtempSync(path.join(tmpdir(), "voxanne-e2e-"));
  // The database runs as another user when root starts it.
  chmodSync(dir, 0o755);
  const demo = spawn(program, ["demo", "--json", "--port", "0", "--data-dir", path.join(dir, "demo"), "--clock", CLOCK], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  demo.stderr.on("data", (chunk) => (log += chunk));
  const line = await new Promise((resolve, reject) => {
    let out = "";
    demo.stdout.on("data", (chunk) => {
      out += chunk;
      if (out.includes("\n")) resolve(out.slice(0, out.indexOf("\n")));
    });
    demo.on("error", reject);
    demo.on("exit", (code) => reject(new Error(`the demo ended with ${code}:\n${log}`)));
  });
  process.env.VOXANNE_DEMO = line;
  process.env.VOXANNE_PROGRAM = program;
  process.env.VOXANNE_DEMO_DIR = path.join(dir, "demo");
  return async () => {
    const ended = new Promise((resolve) => demo.once("exit", resolve));
    demo.removeAllListeners("exit");
    demo.once("exit", () => {});
    demo.kill("SIGTERM");
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 15_000))]);
    rmSync(dir, { recursive: true, force: true });
  };
}
