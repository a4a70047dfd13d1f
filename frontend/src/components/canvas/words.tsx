// Text that is cut only where it may not fit: each box that cuts costs the browser a layer, and a graph has thousands.

type WordsProps = {
  text: string;
  /** How wide it may be, in px. */
  room: number;
  /** The width of an average letter, on the large side. */
  letter: number;
  className?: string;
};

export function Words({ text, room, letter, className = "" }: WordsProps) {
  const isTight = text.length * letter > room;
  return (
    <span
      className={`${className} ${isTight ? "truncate" : "whitespace-nowrap"}`}
      title={isTight ? text : undefined}
    >
      {text}
    </span>
  );
}
