import { Radio } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./Choices.module.css";

interface Option<T extends string> {
  value: T;
  label: string;
  note?: string;
  more?: string;
  /** Its name to those who don't see the picture; all that is written on it, if missing. */
  says?: string;
  picture?: ReactNode;
}

interface Props<T extends string> {
  legend: string;
  value: T;
  options: readonly Option<T>[];
  choose: (value: T) => void;
  /** What is to be known of the one that is chosen. */
  hint?: string | undefined;
  /** Why the one that is chosen can't be had. */
  error?: string | null;
  /** Cards in a row, where there is room: all of a kind look better in full rows. */
  columns: 3 | 4 | 5 | 9;
}

/** One of several cards: radio buttons to the keyboard and to screen readers, cards to the eye. */
export function Choices<T extends string>({ legend, value, options, choose, hint, error, columns }: Props<T>) {
  return (
    <Radio.Group label={legend} value={value} onChange={(chosen) => choose(chosen as T)} error={error} classNames={{ label: classes.legend ?? "" }}>
      <div className={classes.cards} data-columns={columns}>
        {options.map((option) => (
          <Radio.Card key={option.value} value={option.value} className={classes.card ?? ""} aria-label={option.says ?? [option.label, option.note, option.more].filter(Boolean).join(", ")}>
            {option.picture}
            <span className={classes.label}>{option.label}</span>
            {option.note && <span className={classes.note}>{option.note}</span>}
            {option.more && <span className={classes.note}>{option.more}</span>}
          </Radio.Card>
        ))}
      </div>
      {hint && !error && <p className={classes.hint}>{hint}</p>}
    </Radio.Group>
  );
}
