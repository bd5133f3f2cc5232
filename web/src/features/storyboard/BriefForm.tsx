import { Button, Group, Kbd, Slider, Switch, Text, Textarea, Title, UnstyledButton } from "@mantine/core";
import { IconArrowRight, IconWand } from "@tabler/icons-react";
import { useRef, useState } from "react";
import type { Model, Schemas } from "@/lib/api";
import { clock } from "@/lib/format";
import classes from "./BriefForm.module.css";
import { LONGEST_VIDEO, SHORTEST_PROMPT, SHORTEST_VIDEO } from "./limits";
import { Models, Shapes, Styles } from "./Look";
import { OutputChoices } from "./OutputChoices";
import { outputOf } from "./output";
import panel from "./Panel.module.css";

type Brief = Schemas["BriefRequest"];

const EXAMPLES: [string, string][] = [
  ["Short film", "A lighthouse at dusk, a storm rolls in, the light comes on"],
  ["Portrait", "A day in the life of a city cat: rooftops at dawn, the fish market at noon, a warm window at night"],
  ["Explainer", "How coffee gets from a mountain farm to your cup, told calmly"],
  ["Advert", "A pair of red trail shoes runs through rain, mud and snow, and arrives spotless at the summit"],
];
const SILENT = "They show what the narration says. Turn it on to choose how.";
const MARKS = [15, 30, 60, 120, 180];

interface Props {
  brief: Brief;
  change: (brief: Brief) => void;
  models: readonly Model[] | undefined;
  longest: number | undefined;
  plan: () => void;
  planning: boolean;
  /** Once there is a storyboard: model, shape and music are changed there. */
  again?: { close: () => void };
  /** What is left of the month, in words. */
  left?: string | undefined;
  /** Why it was not planned. */
  error?: unknown;
}

export function BriefForm({ brief, change, models, longest = LONGEST_VIDEO, plan, planning, again, left, error }: Props) {
  const words = useRef<HTMLTextAreaElement>(null);
  const [tried, setTried] = useState(false);
  const set = (to: Partial<Brief>) => change({ ...brief, ...to });
  const short = brief.prompt.trim().length < SHORTEST_PROMPT;
  const model = models?.find(({ id }) => id === brief.model) ?? models?.find((one) => one.default && one.kind === "video");

  const submit = (event?: React.SyntheticEvent) => {
    event?.preventDefault();
    setTried(true);
    if (short) words.current?.focus();
    else if (!planning) plan();
  };

  return (
    <form className={classes.form} onSubmit={submit} noValidate data-again={again !== undefined || undefined}>
      {!again && (
        <header className={classes.hero}>
          <Title order={1}>What shall we film?</Title>
          <Text c="dimmed">Say it in your own words. You see every shot and the price before anything is spent.</Text>
        </header>
      )}
      <div className={classes.composer}>
        <Textarea
          ref={words}
          aria-label="Brief"
          placeholder="A lighthouse at dusk, a storm rolls in…"
          variant="unstyled"
          autosize
          minRows={again ? 2 : 3}
          maxRows={8}
          maxLength={2000}
          size="lg"
          classNames={{ input: classes.words ?? "" }}
          value={brief.prompt}
          error={tried && short ? `A few more words, please: at least ${SHORTEST_PROMPT} letters.` : null}
          onChange={(event) => set({ prompt: event.currentTarget.value })}
          onKeyDown={(event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && submit(event)}
        />
        <div className={classes.foot}>
          <Text size="xs" c="dimmed" className={classes.aside ?? ""}>
            {again ? "A new plan takes the storyboard’s place; Undo brings yours back." : left}
          </Text>
          {again && (
            <Button variant="default" onClick={again.close}>
              Keep the storyboard
            </Button>
          )}
          <Button type="submit" size={again ? "sm" : "md"} loading={planning} leftSection={<IconWand size={18} aria-hidden />}>
            {again ? "Plan it anew" : "Plan the storyboard"}
          </Button>
        </div>
      </div>
      {!again && (
        <Group gap="xs" role="group" aria-label="Examples">
          {EXAMPLES.map(([kind, example]) => (
            <UnstyledButton key={kind} className={classes.example ?? ""} title={example} aria-label={`${kind}: ${example}`} onClick={() => (set({ prompt: example }), words.current?.focus())}>
              {kind}
              <IconArrowRight size={14} aria-hidden />
            </UnstyledButton>
          ))}
          <Text size="xs" c="dimmed" className={classes.keys ?? ""} aria-hidden>
            <Kbd size="xs">Ctrl</Kbd> + <Kbd size="xs">Enter</Kbd> plans it; planning is free
          </Text>
        </Group>
      )}
      <div className={panel.panel}>
        <div className={panel.pair}>
          <div className={classes.column}>
            <Length value={brief.duration} longest={Math.min(longest, LONGEST_VIDEO)} change={(duration) => set({ duration })} />
            {!again && <Sound narration={brief.narration ?? false} music={brief.music ?? true} set={set} />}
          </div>
          {!again && <Shapes value={brief.aspect_ratio ?? "16:9"} model={model} choose={(aspect_ratio) => set({ aspect_ratio })} />}
          {again && <Sound narration={brief.narration ?? false} set={set} />}
        </div>
        <Styles value={brief.style ?? "cinematic"} choose={(style) => set({ style })} />
        {!again && <Models models={models} value={model?.id ?? ""} choose={(id) => set({ model: id })} />}
        {!again && <OutputChoices output={outputOf(brief)} ratio={brief.aspect_ratio ?? "16:9"} model={model} narration={brief.narration || SILENT} error={error} change={set} />}
      </div>
    </form>
  );
}

function Length({ value, longest, change }: { value: number; longest: number; change: (seconds: number) => void }) {
  const marks = MARKS.filter((mark) => mark <= longest).map((mark) => ({ value: mark, label: clock(mark) }));
  return (
    <div className={classes.length}>
      <Group justify="space-between" mb={10}>
        <Text size="sm" fw={600}>
          Length
        </Text>
        <Text size="sm" fw={600} className="tabular">
          {clock(Math.min(value, longest))}
        </Text>
      </Group>
      <Slider thumbLabel="Length" thumbValueText={(length) => `${length} seconds`} label={null} min={SHORTEST_VIDEO} max={longest} step={1} value={Math.min(value, longest)} onChange={change} marks={marks} classNames={{ markLabel: classes.mark ?? "" }} />
    </div>
  );
}

function Sound({ narration, music, set }: { narration: boolean; music?: boolean; set: (to: Partial<Brief>) => void }) {
  return (
    <div className={classes.sound}>
      <Switch label="Narration" description="A voice tells the story" checked={narration} onChange={(event) => set({ narration: event.currentTarget.checked })} />
      {music !== undefined && <Switch label="Music" description="Fits the mood, fades at the end" checked={music} onChange={(event) => set({ music: event.currentTarget.checked })} />}
    </div>
  );
}
