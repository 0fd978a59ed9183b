// Starts the demo on free ports with a database of its own, and stops it at the end. VOXANNE_PROFILE says which build: `debug`
// unless given, or `release`.
import { spawn } from "node:child_process";
import { mkdtempSync, chmodSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** Tuesday morning at the clinics; the clock then runs. */
const CLOCK = "2026-11-24T18:00:00Z";
const ROOT = path.resolve(import.meta.dirname, "..");

/** A folder that goes away with the demo. */
export function ownDir() {
  const dir = mkdtempSync(path.join(tmpdir(), "voxanne-e2e-"));
  // The database runs as another user when root starts it.
  chmodSync(dir, 0o755);
  return dir;
}

/** Runs the demo, and gives what it has said once that holds what is waited for; and a way to end it. */
export async function runDemo(program, args, isReady) {
  const demo = spawn(program, ["demo", ...args], { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise((resolve) => demo.once("exit", resolve));
  let log = "";
  demo.stderr.on("data", (chunk) => (log += chunk));
  const said = await new Promise((resolve, reject) => {
    let out = "";
    demo.stdout.on("data", (chunk) => {
      out += chunk;
      if (isReady(out)) resolve(out);
    });
    demo.on("error", reject);
    ended.then((code) => reject(new Error(`the demo ended with ${code}:\n${log}`)));
  });
  const end = async () => {
    demo.kill("SIGTERM");
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 15_000))]);
  };
  return { said, end };
}

export default async function start() {
  const target = process.env.CARGO_TARGET_DIR ?? path.join(ROOT, "target");
  const program = path.join(target, process.env.VOXANNE_PROFILE ?? "debug", "voxanne");
  const dir = ownDir();
  const args = ["--json", "--port", "0", "--data-dir", path.join(dir, "demo"), "--clock", CLOCK];
  const { said, end } = await runDemo(program, args, (out) => out.includes("\n"));
  process.env.VOXANNE_DEMO = said.slice(0, said.indexOf("\n"));
  process.env.VOXANNE_PROGRAM = program;
  process.env.VOXANNE_DEMO_DIR = path.join(dir, "demo");
  return async () => {
    await end();
    rmSync(dir, { recursive: true, force: true });
  };
}
