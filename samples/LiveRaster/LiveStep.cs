/// <summary>What happened in one step: the channels and hidden neurons that spiked, and the scores so far.</summary>
internal sealed record LiveStep(int Step, int[] Input, int[] Hidden, float[] Scores);
