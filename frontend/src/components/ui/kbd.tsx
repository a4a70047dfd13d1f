// Keys, as they stand on the keyboard: "Ctrl K" are two.

export function Kbd({ keys }: { keys: string }) {
  return (
    <span className="inline-flex gap-0.5" aria-hidden>
      {keys.split(" ").map((key) => (
        <kbd key={key} className="kbd">
          {key}
        </kbd>
      ))}
    </span>
  );
}
