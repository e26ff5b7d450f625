let audio: AudioContext | undefined;
let last = -Infinity;
/** In ms. Ten visitors at once are one sound. */
const Apart = 2_000;

/** Two soft tones. Silent until the page has been clicked once: browsers want that. */
export function chime(): void {
  if (performance.now() - last < Apart) return;
  last = performance.now();
  try {
    audio ??= new AudioContext();
    void audio.resume();
    tone(audio, 659.26, 0);
    tone(audio, 880, 0.12);
  } catch {
    // No sound on this machine.
  }
}

function tone(audio: AudioContext, hertz: number, after: number): void {
  const start = audio.currentTime + after;
  const oscillator = new OscillatorNode(audio, { frequency: hertz });
  const volume = new GainNode(audio, { gain: 0 });
  volume.gain.linearRampToValueAtTime(0.12, start + 0.015);
  volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.5);
  oscillator.connect(volume).connect(audio.destination);
  oscillator.start(start);
  oscillator.stop(start + 0.5);
}
