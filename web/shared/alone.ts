/** In ms: as far apart as two tabs hear of the same. */
const HeldFor = 2_000;

/** Of all tabs of this browser in which the same happens, one does it. */
export async function alone(what: string, act: () => void): Promise<void> {
  if (!navigator.locks) return act();
  await navigator.locks.request(`livesupport.alert:${what}`, { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    act();
    await new Promise((rested) => setTimeout(rested, HeldFor));
  });
}
