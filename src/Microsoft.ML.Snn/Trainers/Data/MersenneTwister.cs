namespace Microsoft.ML.Snn.Trainers.Data;

/// <summary>The random generator MT19937, bit for bit: published data sets were drawn with it.</summary>
/// <remarks>
/// Source: Matsumoto and Nishimura, ACM Trans. Model. Comput. Simul. 8:3 (1998), seeded by init_genrand (2002).
/// </remarks>
internal sealed class MersenneTwister
{
    private const int Size = 624;
    private const int Shift = 397;

    private readonly uint[] _state = new uint[Size];
    private int _used = Size;

    public MersenneTwister(uint seed)
    {
        _state[0] = seed;
        for (uint i = 1; i < Size; i++)
        {
            uint previous = _state[i - 1];
            _state[i] = 1812433253 * (previous ^ previous >> 30) + i;
        }
    }

    /// <summary>Draws 32 bits.</summary>
    public uint NextUInt32()
    {
        if (_used == Size)
        {
            Refill();
        }

        uint y = _state[_used++];
        y ^= y >> 11;
        y ^= y << 7 & 0x9D2C5680;
        y ^= y << 15 & 0xEFC60000;
        return y ^ y >> 18;
    }

    /// <summary>Draws a number with 53 random bits, from 0 to below 1.</summary>
    public double NextDouble()
    {
        uint high = NextUInt32() >> 5;
        uint low = NextUInt32() >> 6;
        return (high * 67108864.0 + low) / 9007199254740992.0;
    }

    private void Refill()
    {
        for (int i = 0; i < Size; i++)
        {
            uint y = _state[i] & 0x80000000 | _state[(i + 1) % Size] & 0x7FFFFFFF;
            _state[i] = _state[(i + Shift) % Size] ^ y >> 1 ^ ((y & 1) == 0 ? 0 : 0x9908B0DF);
        }

        _used = 0;
    }
}
