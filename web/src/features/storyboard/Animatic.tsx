import { Button, Modal, Skeleton, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconMovie } from "@tabler/icons-react";
import type { Schemas } from "@/lib/api";
import { Notice } from "@/lib/ui/Notice";
import classes from "./Animatic.module.css";
import { useAnimatic } from "./queries";

interface Props {
  /** What would be drawn; null while something is missing. */
  body: Schemas["StoryboardBody"] | null;
  ratio: Schemas["AspectRatio"];
}

/** The storyboard as timed cards with its transitions, to be watched before anything is paid. */
export function Animatic({ body, ratio }: Props) {
  const [open, { open: show, close }] = useDisclosure(false);
  const sketch = useAnimatic();
  const draw = () => body && sketch.mutate(body);

  return (
    <>
      <Button size="xs" variant="default" leftSection={<IconMovie size={16} aria-hidden />} disabled={body === null} onClick={() => (show(), draw())}>
        Preview for free
      </Button>
      <Modal opened={open} onClose={close} title="Preview" centered size="xl" lockScroll={false}>
        <div className={classes.stage} data-ratio={ratio} aria-busy={sketch.isPending}>
          {sketch.isPending && (
            <>
              <Skeleton className={classes.fill ?? ""} />
              <Text role="status" fw={600} className={classes.wait ?? ""}>
                Drawing the preview…
              </Text>
            </>
          )}
          {sketch.data && <video className={classes.fill} src={sketch.data.url} controls autoPlay muted loop playsInline aria-label="Preview of the storyboard" />}
          {sketch.error && <Notice error={sketch.error} retry={draw} />}
        </div>
        <Text size="sm" c="dimmed" mt="sm">
          A sketch of the timing, the transitions and the words. The real pictures are filmed when you generate.
        </Text>
      </Modal>
    </>
  );
}
